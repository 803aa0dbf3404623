using ClientVpnAdmin.AdminApi.Access;

namespace ClientVpnAdmin.AdminApi.Http;

/// <summary>What each answer tells browsers: what a page may load, who may show it, and to keep no answer of the API.</summary>
internal sealed class SecurityHeaders : IStartupFilter
{
    private static readonly object TokenEndpoint = new();

    private static readonly HeaderPolicyCollection Api = Common().AddCustomHeader("Cache-Control", "no-store")
        .AddContentSecurityPolicy(csp =>
        {
            csp.AddDefaultSrc().None();
            csp.AddObjectSrc().None();
            csp.AddBaseUri().None();
            csp.AddFrameAncestors().None();
            csp.AddSandbox();
        });

    private static readonly HeaderPolicyCollection PageWithoutIssuer = Page(null);
    private static readonly HeaderPolicyCollection SwaggerWithoutIssuer = Swagger(null);

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSecurityHeaderPolicies().SetPolicySelector(context =>
        {
            var request = context.HttpContext.Request;
            var tokenEndpoint = context.HttpContext.Items[TokenEndpoint] as string;
            return request.Path.StartsWithSegments("/api") ? Api
                : IsSwagger(request) ? tokenEndpoint is null ? SwaggerWithoutIssuer : Swagger(tokenEndpoint)
                : tokenEndpoint is null ? PageWithoutIssuer : Page(tokenEndpoint);
        });

        // Before the framework's own filters: one of them refuses unknown hosts, and that is an answer too.
        builder.Services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, SecurityHeaders>());
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseSecurityHeaders();
        app.UseWhen(
            context => context.Request.Path == "/" || IsSwagger(context.Request),
            pages => pages.Use(async (context, page) =>
            {
                // While it is away, the page can be read, and nobody can sign in there.
                context.Items[TokenEndpoint] = (await context.FindIssuerAsync())?.TokenEndpoint;
                await page(context);
            }));
        next(app);
    };

    private static bool IsSwagger(HttpRequest request) => request.Path.StartsWithSegments("/swagger");

    private static HeaderPolicyCollection Common() => new HeaderPolicyCollection()
        .AddContentTypeOptionsNoSniff()
        .AddReferrerPolicyNoReferrer()
        .AddStrictTransportSecurityMaxAgeIncludeSubDomains();

    // No window that a page of somebody else's opened it in, or that it opens there, gets at this one.
    private static HeaderPolicyCollection Page(string? tokenEndpoint) => Common()
        .AddCrossOriginOpenerPolicy(opener => opener.SameOrigin())
        .AddContentSecurityPolicy(csp => AddPage(csp, tokenEndpoint, isSwagger: false));

    // Swagger UI's window for signing in comes back from the issuer and tells the one that opened it.
    private static HeaderPolicyCollection Swagger(string? tokenEndpoint) => Common()
        .AddContentSecurityPolicy(csp => AddPage(csp, tokenEndpoint, isSwagger: true));

    /// <param name="tokenEndpoint">Where a page fetches a token, if it does.</param>
    private static void AddPage(CspBuilder csp, string? tokenEndpoint, bool isSwagger)
    {
        csp.AddDefaultSrc().None();
        csp.AddObjectSrc().None();
        csp.AddScriptSrc().Self();
        var styles = csp.AddStyleSrc().Self();
        csp.AddImgSrc().Self().Data();
        if (isSwagger)
        {
            styles.WithHash256("RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w="); // in Swagger UI's logo
        }
        else
        {
            csp.AddFontSrc().Self().Data();
        }

        var connections = csp.AddConnectSrc().Self();
        if (tokenEndpoint is not null)
        {
            connections.From(new Uri(tokenEndpoint).GetLeftPart(UriPartial.Path)); // a policy takes no query
        }

        csp.AddBaseUri().None();
        csp.AddFormAction().None();
        csp.AddFrameAncestors().None();
    }
}
