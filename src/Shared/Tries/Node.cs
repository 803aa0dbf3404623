namespace ClientVpnAdmin.Tries;

/// <summary>A node, and how it is stored.</summary>
/// <param name="Digest">Under what.</param>
/// <param name="Parts">What it is made of.</param>
/// <param name="Bytes">What is stored.</param>
internal sealed record Node(Digest Digest, Part[] Parts, byte[] Bytes);
