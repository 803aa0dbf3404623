using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.Addresses;

/// <summary>
/// A CIDR block: a network address without host bits, and a prefix length. Never an IPv4-mapped IPv6 network, since such
/// addresses are IPv4 addresses here and it would contain none of them.
/// </summary>
/// <remarks>A class, not a struct: the default of a struct would be <c>0.0.0.0/0</c>, which contains every IPv4 address.</remarks>
[JsonConverter(typeof(JsonText))]
public sealed record Cidr
{
    /// <exception cref="ArgumentException">Host bits are set, the prefix is too long, or the network is IPv4-mapped.</exception>
    public Cidr(Address network, int prefixLength)
    {
        if (prefixLength < 0 || prefixLength > network.Width)
        {
            throw new ArgumentException($"A prefix length is from 0 to {network.Width}.", nameof(prefixLength));
        }

        if ((network.Value & HostBits(network.Width, prefixLength)) != 0)
        {
            throw new ArgumentException("Host bits are set.", nameof(network));
        }

        if (network.IsIPv4Mapped && prefixLength >= 96)
        {
            throw new ArgumentException("An IPv4-mapped network contains nothing.", nameof(network));
        }

        Network = network;
        PrefixLength = prefixLength;
    }

    public Address Network { get; }

    /// <summary>How many leading bits count: 0 to 32 for IPv4, 0 to 128 for IPv6.</summary>
    public int PrefixLength { get; }

    /// <summary>Whether it is wider than /8 (IPv4) or /16 (IPv6): whoever allows it lets in nearly anybody.</summary>
    public bool IsWide => IsWiderThanUsual(Network, PrefixLength);

    internal static bool IsWiderThanUsual(Address network, int prefixLength) => prefixLength < (network.IsIPv6 ? 16 : 8);

    public bool Contains(Address address) =>
        address.IsIPv6 == Network.IsIPv6 && (address.Value & ~HostBits(address.Width, PrefixLength)) == Network.Value;

    /// <summary>Reads a block, or a single address as a block of one.</summary>
    /// <param name="text">For example <c>203.0.113.0/24</c>, <c>203.0.113.5</c> or <c>2001:db8::/32</c>.</param>
    /// <param name="error">Null, or what is wrong and how to mend it.</param>
    /// <returns>Null when there is an error.</returns>
    public static Cidr? Parse(string? text, out Fault? error)
    {
        error = null;
        if (string.IsNullOrEmpty(text))
        {
            error = new(
                "missing", "Give a CIDR block such as 203.0.113.0/24 or 2001:db8::/32, or a single address such as 203.0.113.5.");
            return null;
        }

        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var addressText = slash < 0 ? text : text[..slash];
        if (Address.ParseUnmapped(addressText) is not { } address)
        {
            error = new(
                "not-an-address",
                $"{Errors.Quote(addressText)} is not an IP address. Write IPv4 as four decimal numbers from 0 to 255 without leading "
                + "zeros (203.0.113.0/24), or IPv6 without zone or brackets (2001:db8::/32).",
                ("given", Errors.Shown(addressText)));
            return null;
        }

        var prefixLength = address.Width;
        if (slash >= 0 && !TryParsePrefixLength(text[(slash + 1)..], address.Width, out prefixLength))
        {
            error = new(
                "not-a-prefix-length",
                $"{Errors.Quote(text[(slash + 1)..])} is not a prefix length. For {(address.IsIPv6 ? "IPv6" : "IPv4")} write a number "
                + $"from 0 to {address.Width}.",
                ("given", Errors.Shown(text[(slash + 1)..])),
                ("max", address.Width));
            return null;
        }

        var network = address with { Value = address.Value & ~HostBits(address.Width, prefixLength) };
        if (network != address)
        {
            error = new(
                "host-bits",
                $"{Errors.Quote(text)} has host bits set. Write {network}/{prefixLength} for the network, or "
                + $"{address}/{address.Width} for the single address.",
                ("given", Errors.Shown(text)),
                ("network", $"{network}/{prefixLength}"),
                ("address", $"{address}/{address.Width}"));
            return null;
        }

        if (address.IsIPv4Mapped && prefixLength >= 96)
        {
            error = new(
                "ipv4-mapped",
                $"{Errors.Quote(text)} is an IPv4-mapped IPv6 network. Write the IPv4 network: {address.Unmap()}/{prefixLength - 96}.",
                ("given", Errors.Shown(text)),
                ("network", $"{address.Unmap()}/{prefixLength - 96}"));
            return null;
        }

        return new Cidr(address, prefixLength);
    }

    /// <summary>The canonical text, always with the prefix length.</summary>
    public override string ToString() => $"{Network}/{PrefixLength}";

    /// <summary>The bits behind the prefix, all set.</summary>
    internal static UInt128 HostBits(int width, int prefixLength)
    {
        var count = width - prefixLength;
        return count == 128 ? UInt128.MaxValue : (UInt128.One << count) - 1; // shifting an UInt128 by 128 shifts by nothing
    }

    private static bool TryParsePrefixLength(string text, int width, out int prefixLength)
    {
        prefixLength = width;
        var isCanonical = text.Length is > 0 and <= 3
            && !text.AsSpan().ContainsAnyExceptInRange('0', '9')
            && (text.Length == 1 || text[0] != '0');
        return isCanonical && (prefixLength = int.Parse(text, CultureInfo.InvariantCulture)) <= width;
    }

    /// <summary>In JSON, a block is its canonical text.</summary>
    internal sealed class JsonText : JsonConverter<Cidr>
    {
        public override Cidr Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Parse(reader.GetString(), out var fault) ?? throw new JsonException(fault!.Message);

        public override void Write(Utf8JsonWriter writer, Cidr value, JsonSerializerOptions options) =>
            writer.WriteStringValue(value.ToString());
    }
}
