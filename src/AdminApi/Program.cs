using System.CommandLine;
using Amazon.EC2;
using ClientVpnAdmin;
using ClientVpnAdmin.AdminApi;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.AddressLists;
using ClientVpnAdmin.AdminApi.Callers;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.AdminApi.DenialMessages;
using ClientVpnAdmin.AdminApi.Evaluations;
using ClientVpnAdmin.AdminApi.Health;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Page;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.AdminApi.Revisions;
using ClientVpnAdmin.AdminApi.RuleSets;
using ClientVpnAdmin.AdminApi.RuleTests;
using ClientVpnAdmin.AdminApi.Sessions;
using ClientVpnAdmin.AdminApi.Settings;
using ClientVpnAdmin.AdminApi.Sources;
using ClientVpnAdmin.AdminApi.Swagger;
using ClientVpnAdmin.Revisions;
using Microsoft.AspNetCore.ResponseCompression;

StartProblem.EndsInOneLine();
if (args is ["token" or "link", ..])
{
    return await new RootCommand("ClientVpnAdmin's portal") { TokenCommand.Make(), LinkCommand.Make() }.Parse(args)
        .InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}

var builder = WebApplication.CreateBuilder(args);
LogLines.Add(builder);
if (builder.Configuration["urls"] is null)
{
    builder.WebHost.UseUrls(LocalSignIn.DefaultUrl);
}

if (args is [ImportCountriesCommand.Name, ..])
{
    builder.Logging.ClearProviders(); // it says itself what it does
}

var location = RuleStoreLocation.Parse(builder.Configuration[RuleStoreLocation.Variable]);
builder.AddSignIn(location);
var store = await location.CreateAsync(CancellationToken.None);
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(services => new RevisionLog(store.Rules, services.GetRequiredService<TimeProvider>()));
builder.Services.AddSingleton(store.Decisions);
builder.Services.AddSingleton(store.Refreshes);
builder.Services.AddSingleton(_ => new SourceReader(builder.Configuration["Sources:CountryDatabase"]));
builder.Services.AddSingleton<ListRefresher>();
var isOnLambda = Environment.GetEnvironmentVariable("AWS_LAMBDA_FUNCTION_NAME") is not null;
if (!isOnLambda && args is not [ImportCountriesCommand.Name, ..])
{
    builder.Services.AddHostedService<RefreshSchedule>();
}

builder.Services.AddSingleton<SessionReviewer>();
builder.Services.AddSingleton<ReviewAfterChange>();
builder.Services.AddSingleton<RuleEditor>();
builder.Services.AddSingleton<MergePatch>();
builder.Services.AddSingleton(_ => new PageFiles(Path.Combine(AppContext.BaseDirectory, "page")));
builder.Services.AddSingleton<IAmazonEC2>(_ => new AmazonEC2Client()); // made when it is first asked for: only AWS has sessions

builder.AddStrictJson();
builder.AddProblems();
SecurityHeaders.Add(builder);
builder.Services.AddResponseCompression(compression =>
{
    compression.EnableForHttps = true; // no answer has a secret beside what a stranger could have put there
    compression.MimeTypes = [.. ResponseCompressionDefaults.MimeTypes, "application/problem+json", "text/csv"];
});

#if LAMBDA
builder.AddApiGateway();
#endif
var app = builder.Build();
if (store.ReadOnlyBecause is { } reason)
{
    app.Logger.LogWarning("{Reason}", reason);
}

if (args is [ImportCountriesCommand.Name, ..])
{
    return await new RootCommand("ClientVpnAdmin's portal") { ImportCountriesCommand.Make(app.Services) }.Parse(args)
        .InvokeAsync(new() { EnableDefaultExceptionHandler = false });
}

if (isOnLambda)
{
    app.UseLambdaLimit();
}

app.UseResponseCompression();
app.UseProblems();
#if LAMBDA
app.UseApiGatewayCaller();
#endif
app.UseAuthentication();
app.UseAuthorization();

app.MapHealth();
app.MapSwaggerPages();
PageFiles.Map(app);
var api = app.MapApi();
ActivatorUtilities.CreateInstance<RangesApi>(app.Services).Map(api);
ActivatorUtilities.CreateInstance<AddressListsApi>(app.Services).Map(api);
ActivatorUtilities.CreateInstance<DenialMessagesApi>(app.Services).Map(api);
api.MapSettings();
ActivatorUtilities.CreateInstance<RuleTestsApi>(app.Services).Map(api);
ActivatorUtilities.CreateInstance<RuleSetApi>(app.Services).Map(api);
api.MapEvaluations();
api.MapSignIn();
api.MapMe();
api.MapRevisions();
api.MapDecisions();
api.MapSessions();

app.Lifetime.ApplicationStarted.Register(StartProblem.IsOver);
await app.RunAsync();
return 0;
