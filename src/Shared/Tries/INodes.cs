namespace ClientVpnAdmin.Tries;

/// <summary>Where nodes are read.</summary>
internal interface INodes
{
    /// <summary>Reads nodes, in the order of their digests.</summary>
    /// <exception cref="InvalidDataException">One of them is missing or damaged.</exception>
    Task<IReadOnlyList<Part[]>> ReadAsync(IReadOnlyList<Digest> digests, CancellationToken cancellationToken);
}
