using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Http;

namespace ClientVpnAdmin.AdminApi.Http;

public class PreconditionTests
{
    [Fact]
    public void Without_If_Match_a_change_may_not_overwrite_one_that_got_in_between_its_own_attempts()
    {
        var precondition = Precondition.Parse(null, new Errors())!;
        Assert.Null(precondition.Refuse("a"));
        Assert.Null(precondition.Refuse("a")); // another object was changed in between
        Assert.Equal(
            StatusCodes.Status412PreconditionFailed,
            Assert.IsType<IStatusCodeHttpResult>(precondition.Refuse("b"), exactMatch: false).StatusCode);
    }

    [Fact]
    public void With_a_content_of_its_own_the_tag_may_change_between_attempts()
    {
        var precondition = Precondition.Parse(null, new Errors())!;
        Assert.Null(precondition.Refuse("1", "ranges"));
        Assert.Null(precondition.Refuse("2", "ranges")); // another revision, of the settings for example
        Assert.NotNull(precondition.Refuse("3", "other ranges"));
    }

    [Fact]
    public void With_If_Match_the_tag_must_be_the_one_given_at_each_attempt()
    {
        var precondition = Precondition.Parse("\"1\"", new Errors())!;
        Assert.Null(precondition.Refuse("1", "ranges"));
        Assert.NotNull(precondition.Refuse("2", "ranges"));
    }
}
