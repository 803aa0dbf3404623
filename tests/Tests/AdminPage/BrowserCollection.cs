namespace ClientVpnAdmin.AdminPage;

/// <summary>The tests that share one browser, one after the other.</summary>
[CollectionDefinition(nameof(BrowserCollection))]
public sealed class BrowserCollection : ICollectionFixture<Browser>;
