using System.Security.Cryptography;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Stores;

// Not Console.Error, which prepares a terminal first.
await using var log = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
var handler = new ConnectHandler(
    () => RuleStoreLocation.Read(Environment.GetEnvironmentVariable(RuleStoreLocation.Variable)).Existing(),
    HandlerSettings.Read(Environment.GetEnvironmentVariable),
    TimeProvider.System,
    log);

#if LAMBDA
if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not null)
{
    var warmUp = handler.WarmUpAsync();
    LoadCryptography();
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

var exitCode = CommandLine.RunAsync(args, handler);
LoadCryptography();
return await exitCode;

// The first request to DynamoDB is signed, and loading the library for that takes longer than anything else there: this thread does it meanwhile.
static void LoadCryptography() => SHA256.HashData([]);
