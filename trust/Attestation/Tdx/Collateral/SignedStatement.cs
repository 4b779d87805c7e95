using System.Runtime.InteropServices;
using System.Text.Json;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// A statement that Intel signs in JSON: TCB info or an enclave identity. The signature covers the very bytes of the inner object, so they are kept as they
/// came. Nothing in it is true before its signature is.
/// </summary>
internal abstract class SignedStatement
{
    /// <summary>The most bytes of a statement.</summary>
    public const int Longest = 256 * 1024;

    private const int DeepestNesting = 16;

    private readonly byte[] _signed;
    private readonly ByteString _signature;
    private ByteString? _knownSigner;

    private protected SignedStatement(IntelJson whole, IntelJson body)
    {
        _signed = body.Element.ValueKind == JsonValueKind.Object ? JsonMarshal.GetRawUtf8Value(body.Element).ToArray() : [];
        _signature = whole.Hex("signature", P256Key.NumbersSize);
        Id = body.Text("id");
        Version = body.Number("version", ushort.MaxValue);
        IssueDate = body.Time("issueDate");
        NextUpdate = body.Time("nextUpdate");
        EvaluationDataNumber = body.Number("tcbEvaluationDataNumber", int.MaxValue);
    }

    public string Id { get; }

    public int Version { get; }

    public DateTimeOffset IssueDate { get; }

    public DateTimeOffset NextUpdate { get; }

    public int EvaluationDataNumber { get; }

    /// <summary>Reads a statement of either kind.</summary>
    /// <param name="utf8">The JSON.</param>
    /// <param name="statement">The statement; null when the bytes are none, or not one that can be used.</param>
    /// <returns>What is wrong with it; null when nothing is, or when the bytes are no statement at all.</returns>
    public static string? Read(ReadOnlyMemory<byte> utf8, out SignedStatement? statement)
    {
        statement = null;
        if (utf8.Length > Longest)
        {
            return $"it has {utf8.Length} bytes, and the limit is {Longest}";
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(utf8, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = DeepestNesting });
            var fault = new IntelJson.FirstFault();
            var whole = new IntelJson(document.RootElement, "", fault);
            SignedStatement? read = whole.Has(TcbInfo.Name) ? new TcbInfo(whole, whole.Child(TcbInfo.Name))
                : whole.Has(EnclaveIdentity.Name) ? new EnclaveIdentity(whole, whole.Child(EnclaveIdentity.Name)) : null;
            statement = fault.Text is null ? read : null;
            return fault.Text ?? (read is null ? "it is neither TCB info nor an enclave identity" : null);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The second is what the platform says of escapes that are no characters.
            return "it is not JSON, or a member stands twice";
        }
    }

    /// <summary>Returns whether the certificate's key signed it; a good answer is remembered.</summary>
    public bool IsSignedBy(Certificate signer)
    {
        bool isSigned = _knownSigner == signer.PublicKey || (signer.P256Key is { } key && key.Verify(_signed, _signature.Span));
        _knownSigner = isSigned ? signer.PublicKey : _knownSigner;
        return isSigned;
    }

    public bool IsCurrentAt(DateTimeOffset time) => IssueDate <= time && time <= NextUpdate;
}
