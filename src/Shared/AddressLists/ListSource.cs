using System.Collections.Immutable;

namespace ClientVpnAdmin.AddressLists;

/// <summary>Where an address list's entries come from.</summary>
public sealed record ListSource
{
    /// <summary>How much a refresh may change by itself, in percent, unless said otherwise.</summary>
    public const int DefaultMaxChange = 10;

    /// <summary>So many entries may always change, however few there are.</summary>
    public const int AlwaysAllowedChange = 10;

    /// <summary>How many minutes lie between two refreshes, unless said otherwise.</summary>
    public const int DefaultRefreshMinutes = 60;

    /// <summary>What kind of source it is. The members below belong to one kind each.</summary>
    /// <example>dns</example>
    public SourceKind Kind { get; init; }

    /// <summary>For <c>dns</c>: the names whose addresses (A and AAAA) are the entries.</summary>
    /// <example>["home.alice.example.com"]</example>
    public ImmutableArray<string> Names { get; init; } = [];

    /// <summary>For <c>url</c>: from where, by https.</summary>
    /// <example>null</example>
    public Uri? Url { get; init; }

    /// <summary>For <c>url</c>: what is there.</summary>
    /// <example>plain</example>
    public FeedFormat Format { get; init; }

    /// <summary>For <c>url</c> with the format <c>csv</c>: the name of the column that has the addresses.</summary>
    /// <example>null</example>
    public string? Column { get; init; }

    /// <summary>For <c>url</c> with the format <c>aws</c>: the services whose addresses count; empty means all.</summary>
    /// <example>[]</example>
    public ImmutableArray<string> Services { get; init; } = [];

    /// <summary>For <c>url</c> with the format <c>aws</c>: the regions whose addresses count; empty means all.</summary>
    /// <example>[]</example>
    public ImmutableArray<string> Regions { get; init; } = [];

    /// <summary>For <c>countries</c>: ISO 3166-1 codes of two letters.</summary>
    /// <example>[]</example>
    public ImmutableArray<string> Countries { get; init; } = [];

    /// <summary>
    /// How many of the entries a refresh may change by itself, in percent; 10 entries it always may. More waits for a person.
    /// </summary>
    /// <example>10</example>
    public int MaxChange { get; init; } = DefaultMaxChange;

    /// <summary>How many minutes lie between two refreshes, at most; names are looked up earlier when their time to live ends.</summary>
    /// <example>60</example>
    public int RefreshMinutes { get; init; } = DefaultRefreshMinutes;

    public bool Equals(ListSource? other) =>
        other is not null && Kind == other.Kind && Names.SequenceEqual(other.Names) && Url == other.Url && Format == other.Format
        && Column == other.Column && Services.SequenceEqual(other.Services) && Regions.SequenceEqual(other.Regions)
        && Countries.SequenceEqual(other.Countries) && MaxChange == other.MaxChange && RefreshMinutes == other.RefreshMinutes;

    public override int GetHashCode() => HashCode.Combine(Kind, Url, Names.Length, Countries.Length);
}

/// <summary>The kinds of sources.</summary>
public enum SourceKind
{
    /// <summary>People give the entries.</summary>
    Manual,

    /// <summary>The addresses of names.</summary>
    Dns,

    /// <summary>A file on the web.</summary>
    Url,

    /// <summary>A country database.</summary>
    Countries,
}

/// <summary>What a file on the web looks like.</summary>
public enum FeedFormat
{
    /// <summary>One address or block on each line; what follows a # is the note.</summary>
    Plain,

    /// <summary>A CSV with a header.</summary>
    Csv,

    /// <summary>AWS's ip-ranges.json.</summary>
    Aws,
}
