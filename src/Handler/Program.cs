using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Stores;

var handler = new ConnectHandler(
    () => RuleStoreLocation.Read(Environment.GetEnvironmentVariable(RuleStoreLocation.Variable)).Existing(),
    HandlerSettings.Read(Environment.GetEnvironmentVariable),
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
