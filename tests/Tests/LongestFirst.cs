using ClientVpnAdmin.AdminApi;
using ClientVpnAdmin.AdminApi.Access;
using ClientVpnAdmin.AdminApi.Clients;
using ClientVpnAdmin.AdminApi.Decisions;
using ClientVpnAdmin.AdminApi.Ranges;
using ClientVpnAdmin.AdminApi.Swagger;
using ClientVpnAdmin.Decisions;
using ClientVpnAdmin.Deploy.Gitops;
using ClientVpnAdmin.Deploy.OpenVpn;
using ClientVpnAdmin.Documents;
using ClientVpnAdmin.Names;
using ClientVpnAdmin.Stores.Sqlite;
using Xunit.Abstractions;
using BrowserCollection = ClientVpnAdmin.AdminPage.BrowserCollection;

[assembly: TestCollectionOrderer("ClientVpnAdmin.LongestFirst", "ClientVpnAdmin.Tests")]

namespace ClientVpnAdmin;

/// <summary>
/// Starts with the classes that take longest: their tests run one after the other, and the last of them would leave the other processors
/// with nothing to do. The order is of no other importance.
/// </summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string[] Longest =
    [
        nameof(BrowserCollection), DynamoDbCollection.Name,
        .. new[]
        {
            typeof(LinterTests), typeof(OpenVpnTests), typeof(RestrictedDiskTests), typeof(GeneratedClientTests),
            typeof(SqliteKilledPortalTests), typeof(PortalProcessTests), typeof(FuzzTests), typeof(EvaluatorProperties), typeof(NameTests),
            typeof(RangesApiTests), typeof(DecisionsApiTests), typeof(RuleSetScriptTests), typeof(DocumentCommandsTests),
            typeof(RangesCsvTests), typeof(OwnFilesTests), typeof(SignInTests),
        }.Select(test => $"Test collection for {test.FullName}"), // as xunit calls a class that is in no other collection
    ];

    public IEnumerable<ITestCollection> OrderTestCollections(IEnumerable<ITestCollection> testCollections) =>
        testCollections.OrderBy(collection => Array.IndexOf(Longest, collection.DisplayName) is >= 0 and var place ? place : int.MaxValue);
}
