using System.Globalization;
using ClientVpnAdmin.AddressLists;
using ClientVpnAdmin.AdminApi.Changes;
using ClientVpnAdmin.AdminApi.Http;
using ClientVpnAdmin.AdminApi.Sources;
using ClientVpnAdmin.Revisions;
using ClientVpnAdmin.Stores;
using ClientVpnAdmin.Validation;
using Microsoft.AspNetCore.Http.HttpResults;

namespace ClientVpnAdmin.AdminApi.AddressLists;

/// <summary>
/// Makes address lists what their sources say: each change is a revision by <c>source</c> and the list's name. What fails, or would change
/// too much, leaves the list as it is until a person has looked at it.
/// </summary>
internal sealed partial class ListRefresher(
    RevisionLog log, RuleEditor editor, IRefreshLog refreshes, SourceReader reader, TimeProvider time, ILogger<ListRefresher> logger)
{
    private const string ChangedMeanwhile = "changed-meanwhile";

    // The portal's function has 29 seconds on Lambda, and a source may take 20. What is left is due at the next call still.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan MaxRead = TimeSpan.FromSeconds(20);

    /// <summary>Refreshes the lists that are due, one after another.</summary>
    public async Task<RefreshedLists> RefreshDueAsync(CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var (refreshed, failed, left) = (0, 0, 0);
        foreach (var list in await FindDueAsync(cancellationToken))
        {
            if (time.GetElapsedTime(started) > Patience)
            {
                left++;
                continue;
            }

            if (await TryRefreshAsync(list, cancellationToken))
            {
                refreshed++;
            }
            else
            {
                failed++;
            }
        }

        return new(refreshed, failed, left);
    }

    /// <summary>Whatever becomes of one list, the others are refreshed as well.</summary>
    private async Task<bool> TryRefreshAsync(AddressList list, CancellationToken cancellationToken)
    {
        var last = (await refreshes.ListAsync(cancellationToken)).FirstOrDefault(refresh => refresh.AddressListId == list.Id);
        var now = time.GetUtcNow();
        var next = now + TimeSpan.FromMinutes(list.Source.RefreshMinutes);

        // First of all, so that one that takes the process with it isn't the first again.
        await refreshes.RecordAsync(new(list.Id, now, next, last?.LastSuccess, last?.Error), null, cancellationToken);
        try
        {
            return (await RefreshAsync(list.Id, ChangeOptions.Scheduled(cancellationToken), cancellationToken)).Problem is null;
        }
#pragma warning disable CA1031 // What one source brings about must not keep the others from being read.
        catch (Exception e) when (e is not RuleStoreException && !cancellationToken.IsCancellationRequested)
#pragma warning restore CA1031
        {
            LogBroken(e, list.Name);
            await RecordAsync(
                list, null, new("refresh-broken", "Something broke; the portal's log says what. The list keeps its entries."),
                    cancellationToken);
            return false;
        }
    }

    /// <summary>Refreshes one list, or says what that would do.</summary>
    /// <param name="given">What its source says, and which source that was; null to read it.</param>
    public async Task<RefreshOutcome> RefreshAsync(
        Guid id, ChangeOptions options, CancellationToken cancellationToken, (ListSource Source, SourceContent Content)? given = null)
    {
        var content = given?.Content;
        var head = await log.ReadHeadAsync(cancellationToken);
        if (Find(head, id) is not { } list)
        {
            return new(Problems.NotFound("address list", id));
        }

        try
        {
            content ??= await ReadAsync(list.Source, cancellationToken);
        }
        catch (SourceException e)
        {
            var isNoSource = list.Source.Kind == SourceKind.Manual;
            if (!isNoSource && !options.IsPreview)
            {
                await RecordAsync(list, null, e.Fault, cancellationToken);
            }

            return new(Problems.Create(isNoSource ? StatusCodes.Status409Conflict : StatusCodes.Status502BadGateway, e.Fault));
        }

        var (added, removed) = (0, 0);
        var outcome = await editor.EditAsync(options with { SourceOf = list.Name }, Edit);
        var refused = (outcome as Outcome.Refused)?.Problem;
        var fault = refused is null ? null : FaultOf(refused);
        if (!options.IsPreview && fault?.Code != ChangedMeanwhile)
        {
            await RecordAsync(list, content.TimeToLive, fault, CancellationToken.None); // what is done is recorded as done
        }

        return new(refused, outcome, added, removed);

        Edit Edit(Snapshot now)
        {
            (added, removed) = (0, 0);
            if (Find(now, id) is not { } old || old.Source != (given?.Source ?? list.Source))
            {
                return new Edit.Refused(Problems.Create(
                    StatusCodes.Status409Conflict,
                    ChangedMeanwhile,
                    "Somebody else has changed this list's source in the meantime; nothing was changed. Refresh it again."));
            }

            var change = SourceChange.Between(old.Entries, content.Entries, old.Source);
            if (change.Refusal is { } refusal && options is { Force: not true, IsPreview: false })
            {
                return new Edit.Refused(Problems.Create(StatusCodes.Status409Conflict, refusal));
            }

            if (change.Added.Count + change.Removed.Count == 0)
            {
                return new Edit.Nothing();
            }

            // What stays keeps its note: a source that only writes others would fill the store with them.
            var gone = change.Removed.Select(entry => (entry.Network, entry.PrefixLength)).ToHashSet();
            var @new = old with
            {
                Entries = [.. old.Entries.Where(entry => !gone.Contains((entry.Network, entry.PrefixLength))), .. change.Added],
                UpdatedAt = time.GetUtcNow(),
                UpdatedBy = $"source {old.Name}",
            };
            (added, removed) = (change.Added.Count, change.Removed.Count);
            var lists = now.Rules.AddressLists.Replace(old, @new);
            return AddressListsApi.FindTooManyEntries(lists) is { } tooMany
                ? new Edit.Refused(tooMany)
                : new Edit.To(now.Rules.With(lists), string.Create(
                    CultureInfo.InvariantCulture,
                    $"Refreshed the address list {old.Name}: {added} came, {removed} went."));
        }
    }

    private static AddressList? Find(Snapshot snapshot, Guid id) => snapshot.Rules.AddressLists.FirstOrDefault(list => list.Id == id);

    public static Fault FaultOf(IResult problem) => problem is JsonHttpResult<object> { Value: Problem said }
        ? new(said.Code, said.Detail, said.Values)
        : new("needs-force", "A guard refuses the change. Refresh the list by hand to see why.");

    /// <exception cref="SourceException">It can't be read, or takes too long.</exception>
    private async Task<SourceContent> ReadAsync(ListSource source, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(MaxRead);
        try
        {
            return await reader.ReadAsync(source, limit.Token);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(
                new(
                    "source-too-slow",
                    $"The source was not read within {MaxRead.TotalSeconds} seconds. It is tried again later; see whether it is too much.",
                    ("seconds", MaxRead.TotalSeconds)),
                e);
        }
    }

    private async Task<List<AddressList>> FindDueAsync(CancellationToken cancellationToken)
    {
        var head = await log.ReadHeadAsync(cancellationToken);
        var sourced = head.Rules.AddressLists.Where(list => list.Source.Kind != SourceKind.Manual).ToList();
        if (sourced.Count == 0)
        {
            return [];
        }

        var now = time.GetUtcNow();
        var last = (await refreshes.ListAsync(cancellationToken)).ToDictionary(refresh => refresh.AddressListId);

        // Without a database here, somebody brings the countries by the command.
        return [.. sourced
            .Where(list => list.Source.Kind != SourceKind.Countries || reader.HasCountryDatabase)
            .Where(list => !last.TryGetValue(list.Id, out var refresh) || refresh.NextTry <= now || refresh.LastTry < list.UpdatedAt)
            .OrderBy(list => last.GetValueOrDefault(list.Id)?.LastTry ?? DateTimeOffset.MinValue)];
    }

    private async Task RecordAsync(AddressList list, TimeSpan? timeToLive, Fault? error, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var every = TimeSpan.FromMinutes(list.Source.RefreshMinutes);
        var last = (await refreshes.ListAsync(cancellationToken)).FirstOrDefault(refresh => refresh.AddressListId == list.Id);
        if (error is not null)
        {
            LogFailed(list.Name, list.Id, error.Code, error.Message);
        }

        await refreshes.RecordAsync(
            new(list.Id, now, now + (timeToLive < every ? timeToLive.Value : every), error is null ? now : last?.LastSuccess, error),
            error is not null && error.Code != last?.Error?.Code ? list.Name : null,
            cancellationToken);
    }

    [LoggerMessage(12, LogLevel.Error, "The refresh of the address list {Name} broke off.")]
    private partial void LogBroken(Exception exception, string name);

    [LoggerMessage(10, LogLevel.Warning, "The refresh of the address list {Name} ({Id}) failed ({Code}): {Why}")]
    private partial void LogFailed(string name, Guid id, string code, string why);
}

/// <summary>What became of a refresh.</summary>
/// <param name="Problem">Why it was not done; null if it was, or was only tried out.</param>
internal sealed record RefreshOutcome(IResult? Problem, Outcome? Outcome = null, int Added = 0, int Removed = 0);

/// <summary>What became of the refresh of all lists that were due.</summary>
/// <param name="Refreshed" example="3">How many are as their sources are.</param>
/// <param name="Failed" example="0">How many keep older entries.</param>
/// <param name="Left" example="0">How many are left to the next call, for want of time.</param>
internal sealed record RefreshedLists(int Refreshed, int Failed, int Left);
