using ConfidentialOperator.Attestation;
using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.Fuzz.Mutation;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Fuzz.Targets;

/// <summary>Documents of Nitro enclaves, the verifier behind them, and the sample evidence, which has none.</summary>
internal sealed class NitroTargets : ITargetSource
{
    private static readonly DateTimeOffset s_now = new(2026, 6, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly SoftwareEnclave _enclave;
    private readonly TrustRoots _roots;

    public NitroTargets()
    {
        SoftwareNitroPki pki = SoftwareNitroPki.Create();
        _enclave = pki.MakeEnclave(s_now.AddHours(-1), s_now.AddHours(2));
        _roots = TrustRoots.TryWithDevelopment([pki.RootPem], out TrustRoots? roots, out Refusal? refusal) ? roots : throw new InvalidOperationException(refusal.Message);
    }

    public IEnumerable<Target> Make(Corpus corpus)
    {
        var document = new SoftwareNitroDocument { Timestamp = s_now, UserData = new ByteString(new byte[64]), Nonce = new ByteString([1]), PublicKey = new ByteString([2]) };
        byte[][] documents = [_enclave.Sign(document).ToArray(), _enclave.Sign(document with { IsIndefinite = true }).ToArray()];
        byte[][] payloads = [.. documents.Select(bytes => NitroDocument.TryParse(bytes, out NitroDocument? read, out _) ? read.Envelope.Payload.ToArray() : [])];
        return
        [
            new("nitro-document", Shape.Cbor, corpus.Seeds("nitro", "attestation.cbor", documents), bytes => NitroDocument.TryParse(bytes, out _, out _)),
            new("nitro-payload", Shape.Cbor, payloads, bytes => NitroDocument.TryParse(Seal(bytes), out _, out _)),
            new("nitro-verify", Shape.Cbor, documents, bytes => Verify(bytes, documents)) { Verifies = true },
            new("nitro-evidence", Shape.Json, [new NitroEvidence { Document = new ByteString(documents[0]) }.ToJson()], bytes => NitroEvidence.TryParse(bytes, out _, out _)),
            new("sample-evidence", Shape.Json, corpus.Seeds("sample", "evidence.json", new SampleEvidence { Svn = "1", ReportData = ByteString.Empty }.ToJson()),
                bytes => SampleEvidence.TryParse(bytes, out _, out _)),
        ];
    }

    /// <summary>Puts a payload into an envelope whose signature is of no interest: the fields are reached by every input.</summary>
    private static byte[] Seal(byte[] payload) =>
        [.. CborText.Head(4, 4), .. CborText.Bytes(SoftwareEnclave.Headers), 0xA0, .. CborText.Bytes(payload), .. CborText.Bytes(new byte[96])];

    private bool Verify(byte[] bytes, byte[][] originals)
    {
        if (!NitroDocument.TryParse(bytes, out NitroDocument? document, out _) || NitroVerifier.Authenticate(document, _roots, s_now).Evidence is null)
        {
            return false;
        }

        // Only the envelope may be written in another way, and only the other root of the signature's equation may stand for it.
        return originals.Any(original => NitroDocument.TryParse(original, out NitroDocument? good, out _) && good.Envelope.Payload.Span.SequenceEqual(document.Envelope.Payload.Span))
            ? true : throw new InvalidOperationException("An altered document was believed.");
    }
}
