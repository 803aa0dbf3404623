using System.Buffers.Binary;

namespace ClientVpnAdmin.AdminApi.RuleObjects;

public class NewIdTests
{
    [Fact]
    public void An_id_is_a_UUIDv7_of_its_time()
    {
        var id = NewId.At(Some.Time).ToByteArray(bigEndian: true);
        Assert.Equal(Some.Time.ToUnixTimeMilliseconds(), (long)(BinaryPrimitives.ReadUInt64BigEndian(id) >> 16));
        Assert.Equal((7, 0b10), (id[6] >> 4, id[8] >> 6)); // version and variant: RFC 9562, section 4
    }

    [Fact]
    public void Ids_of_one_time_are_in_the_order_in_which_they_were_made()
    {
        var ids = Enumerable.Range(0, 1_000).Select(_ => NewId.At(Some.Time)).ToList();
        Assert.Equal(ids.Order(), ids);
    }

    [Fact]
    public void No_two_ids_are_the_same_whoever_asks_at_once() =>
        Assert.Equal(100_000, ParallelEnumerable.Range(0, 100_000).Select(_ => NewId.At(Some.Time)).Distinct().Count());
}
