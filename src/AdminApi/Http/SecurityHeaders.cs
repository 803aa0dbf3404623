using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.Extensions.Options;

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

    private static readonly HeaderPolicyCollection PagesWithoutIssuer = Pages(null);

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Services.AddSecurityHeaderPolicies().SetPolicySelector(context =>
            context.HttpContext.Request.Path.StartsWithSegments("/api") ? Api
            : context.HttpContext.Items[TokenEndpoint] is string tokenEndpoint ? Pages(tokenEndpoint)
            : PagesWithoutIssuer);

        // Before the framework's own filters: one of them refuses unknown hosts, and that is an answer too.
        builder.Services.Insert(0, ServiceDescriptor.Transient<IStartupFilter, SecurityHeaders>());
    }

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        app.UseSecurityHeaders();
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/swagger"),
            pages => pages.Use(async (context, page) =>
            {
                context.Items[TokenEndpoint] = await FindTokenEndpointAsync(context);
                await page(context);
            }));
        next(app);
    };

    private static HeaderPolicyCollection Common() => new HeaderPolicyCollection()
        .AddContentTypeOptionsNoSniff()
        .AddReferrerPolicyNoReferrer()
        .AddStrictTransportSecurityMaxAgeIncludeSubDomains();

    /// <param name="tokenEndpoint">Where a page fetches a token, if it does.</param>
    private static HeaderPolicyCollection Pages(string? tokenEndpoint) => Common().AddContentSecurityPolicy(csp =>
    {
        csp.AddDefaultSrc().None();
        csp.AddObjectSrc().None();
        csp.AddScriptSrc().Self();
        csp.AddStyleSrc().Self().WithHash256("RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w="); // in Swagger UI's logo
        csp.AddImgSrc().Self().Data();
        var connections = csp.AddConnectSrc().Self();
        if (tokenEndpoint is not null)
        {
            connections.From(tokenEndpoint);
        }

        csp.AddBaseUri().None();
        csp.AddFormAction().None();
        csp.AddFrameAncestors().None();
    });

    private static async Task<string?> FindTokenEndpointAsync(HttpContext context)
    {
        var issuer = context.RequestServices.GetService<IOptionsMonitor<JwtBearerOptions>>()?.Get(JwtBearerDefaults.AuthenticationScheme);
        if (issuer?.ConfigurationManager is not { } configuration)
        {
            return null;
        }

        try
        {
            return (await configuration.GetConfigurationAsync(context.RequestAborted)).TokenEndpoint;
        }
        catch (InvalidOperationException)
        {
            return null; // the issuer is away: the page can be read, and nobody can sign in there
        }
    }
}
