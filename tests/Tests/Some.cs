using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ClientVpnAdmin.Addresses;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.Connections;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.DenialMessages;
using ClientVpnAdmin.Handler;
using ClientVpnAdmin.Ranges;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.RuleTests;
using ClientVpnAdmin.Settings;

namespace ClientVpnAdmin;

/// <summary>Things that tests need and don't care about the details of.</summary>
internal static class Some
{
    public const string Endpoint = "cvpn-endpoint-0f13eab7f860433cc";
    public const string OtherEndpoint = "cvpn-endpoint-0aaaaaaaaaaaaaaaa";
    public const string SeedMessage = "Your IP is not allowed to access. Please Contact mail@example.co.jp";

    public static readonly RevisionEvent RulesChanged = new(RevisionKind.RulesChanged, Enforcement.Enforce, []);
    public static readonly DateTimeOffset Time = new(2026, 4, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>What the handler answers, once everything is done.</summary>
    public static async Task<Decision> HandleAsync(this ConnectHandler handler, ReadOnlyMemory<byte> eventJson)
    {
        Decision? answer = null;
        await handler.HandleAsync(eventJson, (decision, _) =>
        {
            answer = decision;
            return Task.CompletedTask;
        });
        return answer!;
    }

    /// <summary>Somebody connects: decided by the present rules of a SQLite file, and recorded there as the handler does.</summary>
    public static async Task ConnectAsync(
        string storePath, string username, string publicIp, DateTimeOffset? at = null, string? connectionId = null)
    {
        var store = await RuleStoreLocation.Parse($"sqlite:{storePath}").CreateAsync(default);
        var head = await new RevisionLog(store.Rules, TimeProvider.System).ReadHeadAsync(default);
        var json = EventJson(publicIp);
        json["username"] = username;
        json["connection-id"] = connectionId ?? json["connection-id"]!.ToString();
        var connection = json.Read();
        var time = at ?? TimeProvider.System.GetUtcNow();
        var decision = RecordedDecision.From(
            connection, Evaluator.Decide(connection, time, head.Rules, head.Revision), time, TimeSpan.FromMilliseconds(1));
        await store.Decisions.RecordAsync(decision, time.AddDays(30), default);
    }

    public static AddressRange Range(string cidr, int age = 0) => new()
    {
        Id = Guid.CreateVersion7(Time),
        Cidr = Cidr.Parse(cidr, out _)!,
        CreatedAt = Time.AddDays(-age),
        CreatedBy = "admin",
        UpdatedAt = Time,
        UpdatedBy = "admin",
    };

    public static AddressRange RangeOf(AddressList list, int age = 0) =>
        Range("0.0.0.0/0", age) with { Cidr = null, AddressListId = list.Id };

    public static AddressList List(string name, params string[] entries) => new()
    {
        Id = Guid.CreateVersion7(Time),
        Name = name,
        Entries = [.. entries.Select(entry => new AddressEntry(Cidr.Parse(entry, out _)!))],
        CreatedAt = Time,
        CreatedBy = "admin",
        UpdatedAt = Time,
        UpdatedBy = "admin",
    };

    public static DenialMessage Message(string text, string? endpointId = null, DenialReason? reason = null) => new()
    {
        Id = Guid.CreateVersion7(Time),
        Text = text,
        EndpointId = endpointId,
        Reason = reason,
        CreatedAt = Time,
        CreatedBy = "admin",
        UpdatedAt = Time,
        UpdatedBy = "admin",
    };

    public static RuleTest RuleTest(string description, string eventJson, bool allowed) => new()
    {
        Id = Guid.CreateVersion7(Time),
        Description = description,
        Event = JsonElement.Parse(eventJson),
        Allowed = allowed,
        CreatedAt = Time,
        CreatedBy = "admin",
        UpdatedAt = Time,
        UpdatedBy = "admin",
    };

    /// <summary>An event as Client VPN sends it.</summary>
    public static JsonObject EventJson(string publicIp = "203.0.113.7", string version = "v3") => new()
    {
        ["connection-id"] = "cvpn-connection-04e7e1b2f0daf9460",
        ["endpoint-id"] = Endpoint,
        ["common-name"] = "laptop-17.example.co.jp",
        ["username"] = "alice",
        ["platform"] = "win",
        ["platform-version"] = "10.0.22631",
        ["public-ip"] = publicIp,
        ["client-openvpn-version"] = "2.6.10",
        ["schema-version"] = version,
    };

    public static ConnectionEvent Event(string publicIp = "203.0.113.7", string version = "v3") => EventJson(publicIp, version).Read();

    public static ConnectionEvent Read(this JsonNode json) => Read(json.ToJsonString());

    public static ConnectionEvent Read(string json) => ConnectionEvent.Parse(Encoding.UTF8.GetBytes(json));

    public static JsonElement Json(this ConnectionResponse response) => JsonElement.Parse(response.ToJson());

    /// <summary>A file or folder of the project, somewhere around the built tests.</summary>
    public static string ProjectPath(params string[] path)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "ClientVpnAdmin.sln")))
        {
            folder = folder.Parent ?? throw new InvalidOperationException("There is no ClientVpnAdmin.sln around the tests.");
        }

        return Path.Combine([folder.FullName, .. path]);
    }

    public static string EventFile(string name) => Path.Combine(AppContext.BaseDirectory, "events", name);

    public static IEnumerable<string> EventFiles =>
        Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "events")).Order(StringComparer.Ordinal);

    public static Task<Snapshot> CommitAsync(
        this RevisionLog log, string who, Func<Snapshot, Proposal> propose, CancellationToken cancellationToken) =>
        log.CommitAsync(who, head => Task.FromResult<Proposal?>(propose(head)), cancellationToken);
}
