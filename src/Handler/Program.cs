using System.Security.Cryptography;
using ClientVpnAdmin;
using ClientVpnAdmin.Handler;

// Not Console.Error, which prepares a terminal first.
await using var log = new StreamWriter(Console.OpenStandardError()) { AutoFlush = true };
var handler = new ConnectHandler(
    () => RuleStoreLocation.Parse(Environment.GetEnvironmentVariable(RuleStoreLocation.Variable)).Existing(),
    HandlerSettings.Read(Environment.GetEnvironmentVariable),
    TimeProvider.System,
    log);

#if LAMBDA
if (Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API") is not null)
{
    var warmUp = handler.WarmUpAsync();
    LoadCryptography();
    using var http = new SocketsHttpHandler { UseProxy = false };
    using var client = new HttpClient(http) { Timeout = Timeout.InfiniteTimeSpan }; // the next event may be hours away
    var lambda = new Amazon.Lambda.RuntimeSupport.RuntimeApiClient(client);
    await warmUp; // not in the background: Lambda stops the processor between initialization and the first event
    await AnswerAsync(lambda, handler, log);
    return 0;
}

// Lambda stops the processor when it is asked for the next event, not when it has the response (AWS Lambda Developer Guide, "Lambda
// execution environment lifecycle").
static async Task AnswerAsync(Amazon.Lambda.RuntimeSupport.RuntimeApiClient lambda, ConnectHandler handler, TextWriter log)
{
    while (true)
    {
        using var invocation = await lambda.GetNextInvocationAsync();
        var id = invocation.LambdaContext.AwsRequestId;
        Environment.SetEnvironmentVariable(DecisionLine.TraceVariable, invocation.LambdaContext.TraceId);
#pragma warning disable CA1031 // Whatever it is, it must not take the next event with it.
        try
        {
            using var connectionEvent = new MemoryStream();
            await invocation.InputStream.CopyToAsync(connectionEvent);
            await handler.HandleAsync(connectionEvent.ToArray(), (_, response) => lambda.SendResponseAsync(id, new MemoryStream(response)));
        }
        catch (Exception fault)
        {
            try
            {
                await log.WriteLineAsync($"The event {id} was not answered: {fault}");
                await lambda.SendResponseAsync(id, new MemoryStream(ConnectHandler.LastResort.Response.ToJson()));
            }
            catch (Exception)
            {
                // Client VPN denies what isn't answered in time.
            }
        }
#pragma warning restore CA1031
    }
}
#endif

var exitCode = CommandLine.RunAsync(args, handler);
LoadCryptography();
return await exitCode;

// The first request to DynamoDB is signed, and loading the library for that takes longer than anything else there: this thread does it
// meanwhile.
static void LoadCryptography()
{
    try
    {
        SHA256.HashData([]);
    }
#pragma warning disable CA1031 // Whoever needs it says so, in an answer.
    catch (Exception)
#pragma warning restore CA1031
    {
    }
}
