using System.ComponentModel.DataAnnotations;
using ClientVpnAdmin.AdminApi.AddressLists;
using ClientVpnAdmin.AdminApi.DenialMessages;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.AdminApi.RuleTests;
using ClientVpnAdmin.AdminApi.Settings;

namespace ClientVpnAdmin.AdminApi.RuleSets;

/// <summary>A whole rule set, as it is kept in a file. All members but addressLists are needed, so that none is emptied by
/// leaving it out.</summary>
public sealed record RuleSetInput
{
    /// <summary>All address lists, at most 1,000. Default: null, those that are there. A list without entries keeps those it has.</summary>
    public IReadOnlyList<AddressListInput?>? AddressLists { get; init; }

    /// <summary>All ranges, at most 100,000.</summary>
    [Required]
    public IReadOnlyList<RangeInput?>? Ranges { get; init; }

    /// <summary>All denial messages, at most 1,000.</summary>
    [Required]
    public IReadOnlyList<DenialMessageInput?>? DenialMessages { get; init; }

    /// <summary>The settings. What is left out of them takes its default.</summary>
    [Required]
    public SettingsInput? Settings { get; init; }

    /// <summary>All rule tests, at most 1,000.</summary>
    [Required]
    public IReadOnlyList<RuleTestInput?>? RuleTests { get; init; }
}

/// <summary>What became of a replacement of the whole rule set.</summary>
/// <param name="Ranges" example="3">How many ranges there are now.</param>
/// <param name="AddressLists" example="1">How many address lists there are now.</param>
/// <param name="DenialMessages" example="1">How many denial messages there are now.</param>
/// <param name="RuleTests" example="2">How many rule tests there are now.</param>
/// <param name="Revision" example="42">The revision that has them: the newest one from before, if it says the same already.</param>
internal sealed record ReplacedRuleSet(int Ranges, int AddressLists, int DenialMessages, int RuleTests, long Revision);
