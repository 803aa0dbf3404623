using System.Diagnostics.CodeAnalysis;
using ClientVpnAdmin.AdminApi.Http;
using Microsoft.AspNetCore.Http.Metadata;

namespace ClientVpnAdmin.AdminApi.Changes;

internal static class ChangeRoutes
{
    /// <summary>
    /// Maps a call that changes the rules, and its twin below <c>/api/preview</c>: the same path, parameters and body, run by the same
    /// code, which answers what the call would do and does nothing.
    /// </summary>
    /// <param name="method">The method of both.</param>
    /// <param name="pattern">The path below <c>/api</c>, and below <c>/api/preview</c>.</param>
    /// <param name="call">Takes <see cref="ChangeOptions"/>, which tell it which of the two it is.</param>
    /// <param name="describe">Documents the call; the twin's own answer takes the place of its success.</param>
    public static void MapChange(
        this ApiGroup api,
        string method,
        [StringSyntax("Route")] string pattern,
        Delegate call,
        Func<RouteHandlerBuilder, RouteHandlerBuilder> describe)
    {
        Describe(api.Editing.MapCall(pattern, [method], call));
        Describe(api.Previewing.MapCall(pattern, [method], call)).WithMetadata(new PreviewCall()).Finally(MakePreview);

        RouteHandlerBuilder Describe(RouteHandlerBuilder route) =>
            describe(route).Produces<RefusedChange>(StatusCodes.Status409Conflict, Problem.ContentType);
    }

    private static void MakePreview(EndpointBuilder call)
    {
        var metadata = call.Metadata;
        var success = metadata.Where(m => m is TaggedAnswer or IProducesResponseTypeMetadata { StatusCode: < 300 }).ToList();
        success.ForEach(m => metadata.Remove(m));
        metadata.Add(new ProducesResponseTypeMetadata(StatusCodes.Status200OK, typeof(Preview), ["application/json"]));

        var name = $"Preview{metadata.OfType<IEndpointNameMetadata>().Last().EndpointName}";
        metadata.Add(new EndpointNameMetadata(name));
        var summary = metadata.OfType<IEndpointSummaryMetadata>().Last().Summary;
        metadata.Add(new EndpointSummaryAttribute($"Says what this would do, and does nothing: {summary}"));
    }
}

/// <summary>Marks the twin of a changing call that only says what that would do.</summary>
internal sealed record PreviewCall;
