using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleSets;
using ClientVpnAdmin.Settings;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Mvc;

namespace ClientVpnAdmin.AdminApi.Settings;

internal static class SettingsApi
{
    public static void MapSettings(this ApiGroup api)
    {
        api.Reading.MapRead("/settings", Get).WithTags("Settings").WithName("GetSettings")
            .WithSummary("Shows the settings.")
            .AnswersTagged<RuleSettings>();
        api.MapChange(HttpMethods.Put, "/settings", Replace, call => call.WithTags("Settings").WithName("ReplaceSettings")
            .WithSummary("Replaces the settings.")
            .WithDescription(
                "What is left out takes its default. report-only lets every connection in: for trying rules out, not for a door that "
                + "should be shut.")
            .AnswersTagged<RuleSettings>()
            .TakesJson("""{ "enforcement": "enforce", "allowedPostureStatuses": ["compliant"], "deniedPostureStatuses": [] }""")
            .AnswersProblem(StatusCodes.Status412PreconditionFailed));
        api.MapChange(HttpMethods.Patch, "/settings", Patch, call => call.WithTags("Settings").WithName("ChangeSettings")
            .WithSummary("Changes some of the settings.")
            .WithDescription(
                "The body is a JSON merge patch (RFC 7396): what is left out stays as it is, null takes the default, a list is replaced "
                + "whole.")
            .AnswersTagged<RuleSettings>()
            .TakesPatch("""{ "enforcement": "enforce" }""")
            .AnswersProblem(StatusCodes.Status412PreconditionFailed));
    }

    private static async Task<IResult> Get(RevisionLog log, CancellationToken cancellationToken) =>
        Tagged((await log.ReadHeadAsync(cancellationToken)).Rules.Settings);

    private static Task<IResult> Replace(
        Body<SettingsInput> body,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [AsParameters] ChangeOptions options,
        RuleEditor editor)
    {
        var settings = body.Value.Check(body.Errors);
        return ChangeAsync(body.Errors, ifMatch, options, editor, (_, _) => settings);
    }

    private static Task<IResult> Patch(
        Body<SettingsInput> patch,
        [FromHeader(Name = "If-Match")] string? ifMatch,
        [AsParameters] ChangeOptions options,
        RuleEditor editor,
        MergePatch mergePatch) =>
        ChangeAsync(new(), ifMatch, options, editor, (old, errors) =>
        {
            errors.AddAll("", patch.Errors);
            return mergePatch.Apply<SettingsInput>(old, patch.Json).Check(errors);
        });

    /// <param name="errors">What is wrong already.</param>
    /// <param name="make">Makes the new settings out of the old ones, and says what is wrong with them.</param>
    private static async Task<IResult> ChangeAsync(
        Errors errors, string? ifMatch, ChangeOptions options, RuleEditor editor, Func<RuleSettings, Errors, RuleSettings?> make)
    {
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await editor.EditAsync(options, Change);
        return outcome.Answer(head => Tagged(head.Rules.Settings));

        Edit Change(Snapshot head)
        {
            if (precondition.Refuse(RuleItems.Fingerprint(head.Rules.Settings)) is { } changed)
            {
                return new Edit.Refused(changed);
            }

            var found = new Errors();
            return make(head.Rules.Settings, found) is not { } settings || found.Any ? new Edit.Refused(Problems.Invalid(found))
                : settings == head.Rules.Settings ? new Edit.Nothing()
                : new Edit.To(head.Rules.With(settings), $"Changed the settings: {Summarize(head.Rules.Settings, settings)}.");
        }
    }

    /// <summary>What is different between two settings, as a part of a sentence.</summary>
    internal static string Summarize(RuleSettings old, RuleSettings settings) => old.Enforcement != settings.Enforcement
        ? $"enforcement is {Words.Format(settings.Enforcement)}"
        : "posture statuses";

    private static IResult Tagged(RuleSettings settings) => TypedResults.Ok(settings).WithETag(RuleItems.Fingerprint(settings));
}
