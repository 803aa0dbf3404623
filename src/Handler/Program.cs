using System.Security.Cryptography;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Stores;

// The first request to DynamoDB is signed, and loading the library for that takes longer than anything else there: do it meanwhile.
_ = Task.Run(() => SHA256.HashData([]));

var handler = new ConnectHandler(
    () => RuleStoreLocation.Read(Environment.GetEnvironmentVariable(RuleStoreLocation.Variable)).Existing(),
    HandlerSettings.Read(Environment.GetEnvironmentVariable),
    TimeProvider.System,
    Console.Error);

#if LAMBDA
if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not null)
{
    var warmUp = handler.WarmUpAsync();
    using var bootstrap = Amazon.Lambda.RuntimeSupport.LambdaBootstrapBuilder.Create(async (Stream input) =>
    {
        using var connectionEvent = new MemoryStream();
        await input.CopyToAsync(connectionEvent);
        return new MemoryStream((await handler.HandleAsync(connectionEvent.ToArray())).Response.ToJson());
    }).Build();
    await warmUp; // not in the background: Lambda stops the processor between initialization and the first event
    await bootstrap.RunAsync();
    return 0;
}
#endif

return await CommandLine.RunAsync(args, handler);
