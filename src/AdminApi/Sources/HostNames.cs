using System.Net;
using ClientVpnAdmin.Validation;
using DnsClient;
using DnsClient.Protocol;

namespace ClientVpnAdmin.AdminApi.Sources;

/// <summary>The addresses of names, asked of the name servers themselves: .NET's own resolver tells no time to live.</summary>
/// <param name="patience">How long a server's answer is waited for, each of two times.</param>
/// <param name="servers">Which servers; null means the machine's.</param>
internal sealed class HostNames(TimeSpan patience, IReadOnlyList<IPEndPoint>? servers)
{
    /// <summary>All of a name's addresses, IPv4 before IPv6, and for how long they hold.</summary>
    /// <exception cref="SourceException">There are none, or not all of them can be learned.</exception>
    public async Task<(IReadOnlyList<IPAddress> Addresses, TimeSpan TimeToLive)> ResolveAsync(
        string name, CancellationToken cancellationToken)
    {
        try
        {
            // A client for each time, since a machine's servers change as it moves.
            var options = servers is null ? new LookupClientOptions() : new LookupClientOptions([.. servers]);
            (options.Timeout, options.Retries, options.UseCache) = (patience, 1, false);
            var client = new LookupClient(options);
            var answers = await Task.WhenAll(
                AskAsync(client, name, QueryType.A, cancellationToken), AskAsync(client, name, QueryType.AAAA, cancellationToken));
            var records = answers.SelectMany(records => records).ToList();
            var addresses = records.OfType<AddressRecord>().Select(record => record.Address).ToList();
            if (addresses.Count == 0)
            {
                throw new SourceException(new(
                    "name-without-addresses",
                    $"{Errors.Quote(name)} has no addresses: see whether the name is right, and whether what sets its addresses works.",
                    ("name", Errors.Shown(name))));
            }

            return (addresses, TimeSpan.FromSeconds(records.Min(record => record.InitialTimeToLive)));
        }
        catch (Exception e) when (e is not SourceException && !cancellationToken.IsCancellationRequested)
        {
            throw Failed(name, e is DnsResponseException answer ? answer.Code : DnsResponseCode.Unassigned, e);
        }
    }

    /// <summary>The records that lead from the name to its addresses of one kind, with the aliases between them.</summary>
    private static async Task<List<DnsResourceRecord>> AskAsync(
        LookupClient client, string name, QueryType type, CancellationToken cancellationToken)
    {
        var response = await client.QueryAsync(name, type, QueryClass.IN, cancellationToken);
        if (response.Header.ResponseCode == DnsHeaderResponseCode.NotExistentDomain)
        {
            throw new SourceException(new(
                "name-unknown",
                $"There is no name {Errors.Quote(name)}: correct it, or remove it.",
                ("name", Errors.Shown(name))));
        }

        if (response.HasError)
        {
            throw Failed(name, (DnsResponseCode)response.Header.ResponseCode);
        }

        // What an answer says of other names doesn't count.
        var (path, owner) = (new List<DnsResourceRecord>(), response.Questions[0].QueryName.Value);
        while (response.Answers.CnameRecords().FirstOrDefault(alias => Owns(alias, owner)) is { } alias && !path.Contains(alias))
        {
            path.Add(alias);
            owner = alias.CanonicalName.Value;
        }

        path.AddRange(response.Answers.OfType<AddressRecord>().Where(address => Owns(address, owner)));
        return path;
    }

    private static bool Owns(DnsResourceRecord record, string owner) =>
        string.Equals(record.DomainName.Value, owner, StringComparison.OrdinalIgnoreCase);

    private static SourceException Failed(string name, DnsResponseCode code, Exception? cause = null)
    {
        var what = code switch
        {
            DnsResponseCode.ConnectionTimeout => "no answer",
            DnsResponseCode.Unassigned => "no readable answer",
            _ => code.ToString(),
        };
        return new SourceException(
            new(
                "name-server-failed",
                $"The name servers don't say the addresses of {Errors.Quote(name)} ({what}): see whether they work and can be reached. It "
                + "will be tried again.",
                ("name", Errors.Shown(name)),
                ("error", what)),
            cause);
    }
}
