namespace ClientVpnAdmin.AdminApi.Http;

internal static class BuiltOnce
{
    /// <summary>
    /// Builds what was mapped, once and for all. Else the framework would do so for whoever asks for the endpoints, at each start for
    /// routing and for authorization: every call would be compiled twice.
    /// </summary>
    public static void BuildEndpointsOnce(this IEndpointRouteBuilder app)
    {
        var built = new DefaultEndpointDataSource(app.DataSources.SelectMany(source => source.Endpoints).ToList());
        app.DataSources.Clear();
        app.DataSources.Add(built);
    }
}
