using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Threading.Tasks;

namespace Generated;

/// <summary>What somebody does with the client that NSwag generates.</summary>
public static class Use
{
    public static async Task RunAsync(HttpClient editor)
    {
        var portal = new PortalClient(editor);
        var added = new List<AddressRange>();
        for (var i = 0; i < 3; i++)
        {
            added.Add(await portal.AddRangeAsync(body: new RangeInput
            {
                Cidr = $"203.0.113.{i}",
                Action = RangeAction.Allow,
                Platforms = [Platform.Win],
                ValidUntil = DateTimeOffset.UtcNow.AddDays(1),
                Schedule = i > 0 ? null : new ScheduleInput
                {
                    TimeZone = "UTC",
                    Windows = [new ScheduleWindowInput { Days = [.. Enum.GetValues<DayOfWeek>()], From = "00:00", To = "24:00" }],
                },
            }));
        }

        Check(added[0].Schedule is { TimeZone: "UTC" } && added[1].Schedule is null && added[1].Platforms.Single() == Platform.Win);

        var paged = new List<Guid>();
        string? cursor = null;
        do
        {
            var page = await portal.ListRangesAsync(limit: 2, cursor: cursor);
            paged.AddRange(page.Items.Select(r => r.Id));
            cursor = page.NextCursor;
        }
        while (cursor is not null);
        Check(paged.SequenceEqual(added.Select(r => r.Id)));

        var preview = await portal.PreviewDeleteRangeAsync(added[2].Id);
        Check(preview.Changes.Ranges.Removed.Single().Cidr == "203.0.113.2/32" && preview.Changes.To is null && !preview.NeedsForce);
        Check(preview.LostEndpoints.Count == 0 && preview.Impact.Losing.Count == 0 && preview.Impact.GainingCount == 0);
        var patch = await portal.PreviewChangeRangeAsync(added[2].Id, body: new RangePatch { Enabled = false });
        Check(patch.Changes.Ranges.Changed.Single().Fields.Single().Field == "enabled");

        var here = new ConnectionEvent { PublicIp = "203.0.113.1", Platform = "win", Groups = new[] { "staff" }, SchemaVersion = "v3" };
        var allowed = await portal.EvaluateAsync(new EvaluationInput { Event = here, At = DateTimeOffset.UtcNow });
        Check(allowed is { Allowed: true, Reason: null, Response.Allow: true } && allowed.RangeId == added[1].Id);
        var there = new ConnectionEvent { PublicIp = "192.0.2.1", SchemaVersion = "v1" };
        var denied = await portal.EvaluateAsync(new EvaluationInput { Event = there });
        Check(denied is { Allowed: false, Reason: DenialReason.AddressNotAllowed, RangeId: null, Response.Allow: false });
        Check(denied.Response is { ErrorMsgOnFailedPostureCompliance.Length: > 0, SchemaVersion: ConnectionResponseSchemaVersion.V1 });

        var decisions = await portal.ListDecisionsAsync(from: DateTimeOffset.Now.AddDays(-1), reason: DenialReason.AddressNotAllowed);
        Check(decisions.Items.Single(d => d.Event is not null).Event is { PublicIp: "198.51.100.7", Username: "alice" });
        Check(decisions.Items.Single(d => d.OtherEvent is not null).Event is null);

        await portal.DeleteRangeAsync(added[2].Id);
        var changes = await portal.ListChangesAsync(number: 4);
        Check(changes.Ranges is { Added.Count: 0, Removed.Count: 1, Changed.Count: 0 });

        try
        {
            await portal.AddRangeAsync(body: new RangeInput { Cidr = "x" });
            Check(false);
        }
        catch (ApiException<Problem> e)
        {
            Check(e is { StatusCode: 400, Result.Status: 400 } && e.Result.Errors!["cidr"].Count == 1
                && e.Result.Faults!.Single() is { Field: "cidr", Code: "not-an-address" });
        }

        try
        {
            await portal.GetRangeAsync(added[2].Id);
            Check(false);
        }
        catch (ApiException<Problem> e)
        {
            Check(e is { StatusCode: 404, Result.Code: "not-found" });
        }
    }

    private static void Check(bool isSo, [System.Runtime.CompilerServices.CallerArgumentExpression(nameof(isSo))] string? what = null)
    {
        if (!isSo)
        {
            throw new InvalidOperationException($"This should be so: {what}");
        }
    }
}
