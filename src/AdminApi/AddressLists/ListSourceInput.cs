using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>Where an address list's entries are to come from, not yet checked. Without a kind, people give them.</summary>
public sealed partial record ListSourceInput
{
    /// <summary>
    /// <c>manual</c> (the default), <c>dns</c>, <c>url</c> or <c>countries</c>. The members below belong to one kind each.
    /// </summary>
    /// <example>dns</example>
    [TextOf(typeof(SourceKind))]
    public string? Kind { get; init; }

    /// <summary>For dns: the names whose addresses (A and AAAA) are the entries, at most 100.</summary>
    /// <example>["home.alice.example.com"]</example>
    public IReadOnlyList<string?>? Names { get; init; }

    /// <summary>For url: from where, by https and without a user name or password; at most 2,000 characters.</summary>
    /// <example>null</example>
#pragma warning disable CA1056 // What somebody gives is any text, until it is checked.
    public string? Url { get; init; }
#pragma warning restore CA1056

    /// <summary>
    /// For url: <c>plain</c> (the default), one address or block on each line; <c>csv</c>; or <c>aws</c>, AWS's ip-ranges.json.
    /// </summary>
    /// <example>plain</example>
    [TextOf(typeof(FeedFormat))]
    public string? Format { get; init; }

    /// <summary>For url with the format csv: the name of the column with the addresses.</summary>
    /// <example>null</example>
    public string? Column { get; init; }

    /// <summary>For url with the format aws: the services whose addresses count. Default: empty, which means all.</summary>
    /// <example>[]</example>
    public IReadOnlyList<string?>? Services { get; init; }

    /// <summary>For url with the format aws: the regions whose addresses count. Default: empty, which means all.</summary>
    /// <example>[]</example>
    public IReadOnlyList<string?>? Regions { get; init; }

    /// <summary>For countries: ISO 3166-1 codes of two letters, in any case.</summary>
    /// <example>[]</example>
    public IReadOnlyList<string?>? Countries { get; init; }

    /// <summary>
    /// How many of the entries a refresh may change by itself, in percent from 0 to 100; 10 entries it always may. Default: 10.
    /// </summary>
    /// <example>10</example>
    public long? MaxChange { get; init; }

    /// <summary>How many minutes lie between two refreshes at most, from 5 to 10,080 (a week). Default: 60.</summary>
    /// <example>60</example>
    public long? RefreshMinutes { get; init; }

    private const int MaxNames = 100;
    private const int MaxUrl = 2_000;
    private const int MaxColumn = 100;
    private const int MinRefresh = 5;
    private const int MaxRefresh = 7 * 24 * 60;

    /// <returns>Null if there is an error.</returns>
    internal ListSource? Check(Errors errors)
    {
        var kind = Checks.Word<SourceKind>(Kind, SourceKind.Manual, "kind", errors)!.Value;
        var format = Checks.Word<FeedFormat>(Format, FeedFormat.Plain, "format", errors)!.Value;
        CheckTexts(Names, "names", kind == SourceKind.Dns, isNeeded: true, HostName(), "a host name, such as home.alice.example.com");
        CheckTexts(Countries, "countries", kind == SourceKind.Countries, isNeeded: true, Country(), "a country's two letters, such as JP");
        var isAws = kind == SourceKind.Url && format == FeedFormat.Aws;
        CheckTexts(Services, "services", isAws, isNeeded: false, Token(), "a service as AWS writes it, such as EC2");
        CheckTexts(Regions, "regions", isAws, isNeeded: false, Token(), "a region, such as ap-northeast-1");
        var url = CheckUrl(kind, errors);
        Belongs(Column is { Length: > 0 }, "column", kind == SourceKind.Url && format == FeedFormat.Csv, isNeeded: true);
        Checks.Text(Column ?? "", MaxColumn, "column", errors);
        Belongs(format != FeedFormat.Plain, "format", kind == SourceKind.Url, isNeeded: false);
        if (MaxChange is < 0 or > 100)
        {
            errors.Add("maxChange", Checks.OutOfBounds(0, 100));
        }

        if (RefreshMinutes is < MinRefresh or > MaxRefresh)
        {
            errors.Add("refreshMinutes", Checks.OutOfBounds(MinRefresh, MaxRefresh));
        }

        return errors.Any ? null : new ListSource
        {
            Kind = kind,
            Names = Canonical(Names, name => name.TrimEnd('.').ToLowerInvariant()),
            Url = url,
            Format = format,
            Column = Column is { Length: > 0 } ? Column : null,
            Services = Canonical(Services, service => service),
            Regions = Canonical(Regions, region => region),
            Countries = Canonical(Countries, country => country.ToUpperInvariant()),
            MaxChange = (int)(MaxChange ?? ListSource.DefaultMaxChange),
            RefreshMinutes = (int)(RefreshMinutes ?? ListSource.DefaultRefreshMinutes),
        };

        void CheckTexts(IReadOnlyList<string?>? texts, string field, bool belongs, bool isNeeded, Regex pattern, string what)
        {
            Belongs(texts?.Count > 0, field, belongs, isNeeded);
            if (texts?.Count > MaxNames)
            {
                errors.Add(
                    field, "too-many", $"At most {MaxNames} are allowed: leave some out.", ("count", texts.Count), ("max", MaxNames));
                return;
            }

            foreach (var (i, text) in (texts ?? []).Index())
            {
                if (text is null || !pattern.IsMatch(text))
                {
                    errors.Add(
                        $"{field}[{i}]",
                        "not-a-source-name",
                        $"{Errors.Quote(text ?? "")} can't be read. Write {what}.",
                        ("given", Errors.Shown(text ?? "")),
                        ("example", what));
                }
            }
        }

        void Belongs(bool isGiven, string field, bool belongs, bool isNeeded)
        {
            if (isGiven && !belongs)
            {
                errors.Add(field, "other-kind", $"This belongs to another kind of source than {Words.Format(kind)}: leave it out.",
                    ("kind", Words.Format(kind)));
            }
            else if (!isGiven && belongs && isNeeded)
            {
                errors.Add(field, "missing", $"A source of the kind {Words.Format(kind)} needs this.");
            }
        }
    }

    private Uri? CheckUrl(SourceKind kind, Errors errors)
    {
        if (kind != SourceKind.Url)
        {
            if (Url is { Length: > 0 })
            {
                errors.Add("url", "other-kind", $"This belongs to another kind of source than {Words.Format(kind)}: leave it out.",
                    ("kind", Words.Format(kind)));
            }

            return null;
        }

        if (Url is { Length: <= MaxUrl }
            && Uri.TryCreate(Url, UriKind.Absolute, out var url)
            && url is { Scheme: "https", UserInfo: "", Fragment: "" }
            && url.HostNameType is (UriHostNameType.Dns or UriHostNameType.IPv4 or UriHostNameType.IPv6))
        {
            return url;
        }

        // It may have a password in it, and is not repeated.
        errors.Add(
            "url",
            "not-a-feed-url",
            $"Give an address that begins with https://, without a user name, a password or a #, of at most {MaxUrl} characters.",
            ("max", MaxUrl));
        return null;
    }

    private static ImmutableArray<string> Canonical(IReadOnlyList<string?>? texts, Func<string, string> one) =>
        Checks.Distinct(texts?.OfType<string>().Select(one));

    [GeneratedRegex(
        @"^(?=.{1,253}\.?\z)([A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?\.)+[A-Za-z0-9-]{1,63}\.?\z", RegexOptions.CultureInvariant)]
    private static partial Regex HostName();

    [GeneratedRegex(@"^[A-Za-z]{2}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Country();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,50}\z", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
