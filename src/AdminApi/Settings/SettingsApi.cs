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
        api.Reading.MapGet("/settings", Get).WithTags("Settings").WithName("GetSettings")
            .WithSummary("Shows the settings.")
            .AnswersTagged<RuleSettings>();
        api.Editing.MapPut("/settings", Replace).WithTags("Settings").WithName("ReplaceSettings")
            .WithSummary("Replaces the settings.")
            .WithDescription(
                "What is left out takes its default. report-only lets every connection in: for trying rules out, not for a door that "
                + "should be shut.")
            .AnswersTagged<RuleSettings>()
            .TakesJson("""{ "enforcement": "enforce", "allowedPostureStatuses": ["compliant"], "deniedPostureStatuses": [] }""")
            .ProducesProblem(StatusCodes.Status412PreconditionFailed).Changes();
    }

    private static async Task<IResult> Get(RevisionLog log, CancellationToken cancellationToken) =>
        Tagged((await log.ReadHeadAsync(cancellationToken)).Rules.Settings);

    private static async Task<IResult> Replace(
        SettingsInput input, [FromHeader(Name = "If-Match")] string? ifMatch, [AsParameters] ChangeOptions options, RuleEditor editor)
    {
        var errors = new Errors();
        var settings = input.Check(errors);
        options.Check(errors);
        if (Precondition.Parse(ifMatch, errors) is not { } precondition || settings is null || errors.Any)
        {
            return Problems.Invalid(errors);
        }

        var outcome = await editor.EditAsync(options, Replace);
        return outcome.Answer(head => Tagged(head.Rules.Settings));

        Edit Replace(Snapshot head) =>
            precondition.Refuse(RuleSetCodec.Fingerprint(head.Rules.Settings)) is { } changed ? new Edit.Refused(changed)
            : settings == head.Rules.Settings ? new Edit.Nothing()
            : new Edit.To(head.Rules.With(settings), $"Changed the settings: enforcement is {Words.Format(settings.Enforcement)}.");
    }

    private static IResult Tagged(RuleSettings settings) => TypedResults.Ok(settings).WithETag(RuleSetCodec.Fingerprint(settings));
}
