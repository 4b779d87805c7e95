using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.FakeTee.Nitro;

/// <summary>The content of an attestation document: what a test wants to say. Certificates are filled in by the enclave that signs.</summary>
public sealed record SoftwareNitroDocument
{
    /// <summary>Gets the id of the enclave.</summary>
    public string ModuleId { get; init; } = "i-0123456789abcdef0-enc0123456789abcdef";

    /// <summary>Gets the name of the digest.</summary>
    public string Digest { get; init; } = "SHA384";

    /// <summary>Gets when it was made.</summary>
    public required DateTimeOffset Timestamp { get; init; }

    /// <summary>Gets the PCRs.</summary>
    public IReadOnlyDictionary<int, ByteString> Pcrs { get; init; } = DefaultPcrs;

    /// <summary>Gets the enclave's key; null for none.</summary>
    public ByteString? PublicKey { get; init; }

    /// <summary>Gets what the document is bound to; null for nothing.</summary>
    public ByteString? UserData { get; init; }

    /// <summary>Gets the nonce; null for none.</summary>
    public ByteString? Nonce { get; init; }

    /// <summary>Gets whether maps and arrays have no stated length, as documents since December 2025 have.</summary>
    public bool IsIndefinite { get; init; }

    /// <summary>Gets a change of the enclave's certificate and of the authorities' (root first).</summary>
    public Func<(byte[] Leaf, IReadOnlyList<byte[]> Bundle), (byte[] Leaf, IReadOnlyList<byte[]> Bundle)> Certificates { get; init; } = given => given;

    /// <summary>Gets a change of the encoded fields: for documents that no module would make.</summary>
    public Func<List<(byte[] Key, byte[] Value)>, List<(byte[] Key, byte[] Value)>> Fields { get; init; } = fields => fields;

    /// <summary>Gets PCRs of an image that is signed, on an instance with a role: 0 to 4 and 8 have values, 5 to 7 and 9 to 15 are zero.</summary>
    public static IReadOnlyDictionary<int, ByteString> DefaultPcrs { get; } = Enumerable.Range(0, 16).ToDictionary(index => index,
        index => new ByteString(index is <= 4 or 8 ? [.. Enumerable.Repeat((byte)(0xA0 + index), 48)] : new byte[48]));

    /// <summary>Returns the payload.</summary>
    public byte[] ToPayload(byte[] leaf, IReadOnlyList<byte[]> bundle)
    {
        (leaf, bundle) = Certificates((leaf, bundle));
        List<(byte[] Key, byte[] Value)> pcrs = [.. Pcrs.OrderBy(pcr => pcr.Key).Select(pcr => (CborText.Number((ulong)pcr.Key), CborText.Bytes(pcr.Value.Span)))];
        return CborText.Map(Fields(
        [
            (CborText.Text("module_id"), CborText.Text(ModuleId)),
            (CborText.Text("digest"), CborText.Text(Digest)),
            (CborText.Text("timestamp"), CborText.Number((ulong)Timestamp.ToUnixTimeMilliseconds())),
            (CborText.Text("pcrs"), CborText.Map(pcrs, IsIndefinite)),
            (CborText.Text("certificate"), CborText.Bytes(leaf)),
            (CborText.Text("cabundle"), CborText.Array([.. bundle.Select(certificate => CborText.Bytes(certificate))], IsIndefinite)),
            (CborText.Text("public_key"), Chosen(PublicKey)),
            (CborText.Text("user_data"), Chosen(UserData)),
            (CborText.Text("nonce"), Chosen(Nonce)),
        ]), IsIndefinite);
    }

    private static byte[] Chosen(ByteString? value) => value is null ? CborText.Null : CborText.Bytes(value.Span);
}
