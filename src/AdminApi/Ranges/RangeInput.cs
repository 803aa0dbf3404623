using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.RuleObjects;
using ClientVpnAdmin.Names;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Validation;

namespace ClientVpnAdmin.AdminApi.Ranges;

/// <summary>What an administrator gives for one range, not yet checked. Only <c>cidr</c> or <c>addressListId</c> is needed.</summary>
public sealed record RangeInput : RuleObjectInput<AddressRange>
{
    /// <summary>A CIDR block without host bits, or a single address, which becomes /32 or /128. Null with an address list.</summary>
    /// <example>203.0.113.0/24</example>
    public string? Cidr { get; init; }

    /// <summary>In its place, the id of an address list: the range counts for all its entries. Default: null, none.</summary>
    /// <example>null</example>
    public string? AddressListId { get; init; }

    /// <summary><c>allow</c> (the default) or <c>deny</c>. Deny beats allow.</summary>
    /// <example>allow</example>
    [TextOf(typeof(RangeAction))]
    public string? Action { get; init; }

    /// <summary>For people; at most 500 characters. Default: empty.</summary>
    /// <example>Tokyo office</example>
    public string? Description { get; init; }

    /// <summary>False keeps the range but takes it out of every decision. Default: true.</summary>
    /// <example>true</example>
    public bool? Enabled { get; init; }

    /// <summary>The Client VPN endpoints it counts for, at most 100. Default: empty, which means all.</summary>
    /// <example>["cvpn-endpoint-0f13eab7f860433cc"]</example>
    public IReadOnlyList<string?>? EndpointIds { get; init; }

    /// <summary>
    /// The user names it counts for, at most 100 of at most 255 characters, in any case, without white space at the ends and without
    /// characters that nobody sees. A <c>*</c> at the beginning or the end stands for any characters, but not for no name at all. A deny
    /// range also counts for names that differ only in what can't be seen, and for connections without a name. Default: empty, which
    /// means all.
    /// </summary>
    /// <example>["alice", "*@example.com"]</example>
    public IReadOnlyList<string?>? Users { get; init; }

    /// <summary>
    /// The groups it counts for, at most 100: whoever is in one of them. Exactly as Client VPN gives them; a deny range takes each text
    /// that names them in any form, and no groups at all. Default: empty, which means all.
    /// </summary>
    /// <example>["vpn-users"]</example>
    public IReadOnlyList<string?>? Groups { get; init; }

    /// <summary>
    /// The client certificates' common names it counts for, at most 100, written like users. Default: empty, which means all.
    /// </summary>
    /// <example>["laptop-*"]</example>
    public IReadOnlyList<string?>? CommonNames { get; init; }

    /// <summary>
    /// The operating systems it counts for, in any case, as OpenVPN sends them: android, freebsd, ios, linux, mac, netbsd, openbsd,
    /// solaris, uwp or win. They are the device's own word, which anybody can forge: fit for hygiene, never the only reason to let someone
    /// in. Default: empty, which means all.
    /// </summary>
    /// <example>["win", "mac"]</example>
    [TextOf(typeof(Platform))]
    public IReadOnlyList<string?>? Platforms { get; init; }

    /// <summary>It counts from this moment on (RFC 3339 with an offset). Default: null, always has.</summary>
    /// <example>2026-01-01T00:00:00Z</example>
    [TextOf(typeof(DateTimeOffset))]
    public string? ValidFrom { get; init; }

    /// <summary>It counts until just before this moment (RFC 3339 with an offset). Default: null, for ever.</summary>
    /// <example>2036-01-01T00:00:00Z</example>
    [TextOf(typeof(DateTimeOffset))]
    public string? ValidUntil { get; init; }

    /// <summary>The times of the week at which it counts. Default: null, all.</summary>
    public ScheduleInput? Schedule { get; init; }

    public const int MaxDescription = 500;

    private const int MaxNames = 100;
    private const int MaxName = 255; // as long as Client VPN's own can be

    private static readonly string[] SentPlatforms = [.. Enum.GetValues<Platform>().Select(Words.Format)];

    public override AddressRange? Check(Errors errors, string who, DateTimeOffset at)
    {
        var (cidr, listId) = CheckAddresses(errors);

        var description = Description ?? "";
        Checks.Text(description, MaxDescription, "description", errors);
        CheckNames(EndpointIds, "endpointIds", errors, Checks.EndpointId);
        CheckNames(Users, "users", errors, CheckPattern);
        CheckNames(Groups, "groups", errors, CheckName);
        CheckNames(CommonNames, "commonNames", errors, CheckPattern);
        CheckNames(Platforms, "platforms", errors, CheckPlatform);
        var action = Checks.Word<RangeAction>(Action, RangeAction.Allow, "action", errors);
        var validFrom = Checks.Time(ValidFrom, "validFrom", errors);
        var validUntil = Checks.Time(ValidUntil, "validUntil", errors);
        if (validUntil <= validFrom)
        {
            errors.Add("validUntil", "never-counts", "The range would never count: give a time after validFrom, or leave one of them out.");
        }

        var scheduleErrors = new Errors();
        var schedule = Schedule?.Check(scheduleErrors);
        errors.AddAll("schedule", scheduleErrors);
        return errors.Any ? null : new AddressRange
        {
            Id = NewId.At(at),
            Cidr = cidr,
            AddressListId = listId,
            Action = action!.Value,
            Description = description,
            Enabled = Enabled ?? true,
            EndpointIds = Checks.Distinct(EndpointIds),
            Users = Checks.Distinct(Users),
            Groups = Checks.Distinct(Groups),
            CommonNames = Checks.Distinct(CommonNames),
            Platforms = Checks.Distinct(Platforms?.Select(p => p!.ToLowerInvariant())),
            ValidFrom = validFrom,
            ValidUntil = validUntil,
            Schedule = schedule,
            CreatedAt = at,
            CreatedBy = who,
            UpdatedAt = at,
            UpdatedBy = who,
        };
    }

    private (Cidr? Cidr, Guid? ListId) CheckAddresses(Errors errors)
    {
        if (AddressListId is null)
        {
            var cidr = Addresses.Cidr.Parse(Cidr, out var fault);
            if (fault is not null)
            {
                errors.Add("cidr", fault);
            }

            return (cidr, null);
        }

        if (Cidr is not null)
        {
            errors.Add("cidr", "cidr-and-list", "A range has either a block or an address list: leave out cidr or addressListId.");
        }

        var listId = Ids.Parse(AddressListId);
        if (listId is null)
        {
            errors.Add(
                "addressListId",
                "not-an-id",
                $"{Errors.Quote(AddressListId)} is not an id. Give the id of an address list, as GET /api/address-lists shows it.",
                ("given", Errors.Shown(AddressListId)));
        }

        return (null, listId);
    }

    /// <summary>Whether a range can be for just this name, with no pattern in it.</summary>
    public static bool CanName(string name)
    {
        var errors = new Errors();
        CheckName(name, "", errors);
        return !errors.Any && !name.Contains('*', StringComparison.Ordinal);
    }

    private static void CheckNames(IReadOnlyList<string?>? names, string field, Errors errors, Action<string?, string, Errors> check)
    {
        if (names?.Count > MaxNames)
        {
            errors.Add(
                field,
                "too-many",
                $"At most {MaxNames} are allowed; leave the list empty to mean all.",
                ("count", names.Count),
                ("max", MaxNames));
        }

        for (var i = 0; i < Math.Min(names?.Count ?? 0, MaxNames); i++)
        {
            check(names![i], $"{field}[{i}]", errors);
        }
    }

    private static void CheckName(string? name, string field, Errors errors)
    {
        if (string.IsNullOrEmpty(name))
        {
            errors.Add(field, "missing", "Write a name, or leave it out.");
            return;
        }

        Checks.Length(name, MaxName, field, errors);
        if (Name.Fault(name) is { } fault)
        {
            errors.Add(field, fault);
        }
    }

    private static void CheckPlatform(string? platform, string field, Errors errors)
    {
        if (!SentPlatforms.Contains(platform, StringComparer.OrdinalIgnoreCase))
        {
            var words = string.Join(", ", SentPlatforms);
            errors.Add(
                field,
                "not-one-of",
                $"{Errors.Quote(platform ?? "")} is nothing that OpenVPN sends. Write one of: {words}.",
                ("given", Errors.Shown(platform ?? "")),
                ("allowed", words));
        }
    }

    private static void CheckPattern(string? pattern, string field, Errors errors)
    {
        CheckName(pattern, field, errors);
        if (pattern?.Length > 2 && pattern[1..^1].Contains('*', StringComparison.Ordinal))
        {
            errors.Add(
                field,
                "star-inside",
                "A * stands for any characters only at the beginning or the end: write the name out, or several of them.");
        }
    }
}
