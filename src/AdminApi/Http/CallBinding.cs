using System.Diagnostics.CodeAnalysis;

namespace ClientVpnAdmin.AdminApi.Http;

internal static class CallBinding
{
    /// <summary>
    /// Maps a call whose parameters are bound to its method when it is first made. The framework would do that for all calls at each
    /// start, which takes longer than the first answer has.
    /// </summary>
    public static RouteHandlerBuilder MapCall(
        this RouteGroupBuilder group, [StringSyntax("Route")] string pattern, IEnumerable<string> methods, Delegate call)
    {
        Func<RequestDelegate>? bind = null;
        RequestDelegate? bound = null;
        var route = group.MapMethods(pattern, methods, context => (bound ??= bind!())(context));
        route.Add(builder =>
        {
            var endpoint = (RouteEndpointBuilder)builder;
            endpoint.Metadata.Add(call.Method);

            // The document needs it, and so does whoever refuses a body of another kind. Leaving it out was measured to gain nothing.
            RequestDelegateFactory.InferMetadata(call.Method, Options(endpoint));

            // The group's; left where they are, the framework would bind them to what has no parameters yet.
            var filters = endpoint.FilterFactories.ToList();
            endpoint.FilterFactories.Clear();
            bind = () =>
            {
                var own = new RouteEndpointBuilder(null, endpoint.RoutePattern, 0) { ApplicationServices = endpoint.ApplicationServices };
                filters.ForEach(own.FilterFactories.Add);
                return RequestDelegateFactory.Create(call, Options(own)).RequestDelegate;
            };
        });
        return new([route]);
    }

    private static RequestDelegateFactoryOptions Options(RouteEndpointBuilder endpoint) => new()
    {
        ServiceProvider = endpoint.ApplicationServices,
        RouteParameterNames = endpoint.RoutePattern.Parameters.Select(p => p.Name),
        ThrowOnBadRequest = true,
        DisableInferBodyFromParameters = true, // bodies have types that read them
        EndpointBuilder = endpoint,
    };
}
