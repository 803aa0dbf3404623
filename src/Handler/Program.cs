using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Revisions;

var handler = new ConnectHandler(
    () => new RevisionLog(RuleStoreLocation.Read(Environment.GetEnvironmentVariable(RuleStoreLocation.Variable)).Existing(), TimeProvider.System),
    TimeProvider.System,
    Console.Error);

#if LAMBDA
if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not null)
{
    using var bootstrap = Amazon.Lambda.RuntimeSupport.LambdaBootstrapBuilder.Create(async (Stream input) =>
    {
        using var connectionEvent = new MemoryStream();
        await input.CopyToAsync(connectionEvent);
        return new MemoryStream((await handler.HandleAsync(connectionEvent.ToArray())).Response.ToJson());
    }).Build();
    await bootstrap.RunAsync();
    return 0;
}
#endif

return await CommandLine.RunAsync(args, handler);
