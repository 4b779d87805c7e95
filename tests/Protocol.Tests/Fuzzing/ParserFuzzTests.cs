using System.Text;
using ConfidentialOperator.Protocol.Access;
using ConfidentialOperator.Protocol.Audit;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Channel;
using ConfidentialOperator.Protocol.Contracts;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Protocol.InitData;
using ConfidentialOperator.Protocol.Kbs;
using ConfidentialOperator.Protocol.Policies;
using ConfidentialOperator.Protocol.Sealing;
using ConfidentialOperator.Protocol.Signing;

namespace ConfidentialOperator.Protocol.Tests.Fuzzing;

/// <summary>
/// Every parser, fed with thousands of mutations of a good input: it accepts or it refuses with a sentence, it never throws, and it allocates no more
/// than a small multiple of what it was given. What is accepted can be written and read again.
/// </summary>
public sealed class ParserFuzzTests
{
    private const int Rounds = 4000;
    private const int Fixed = 512 * 1024;
    private const int Multiple = 256;

    private static readonly Dictionary<string, Target> s_targets = new(StringComparer.Ordinal)
    {
        ["envelope"] = new(DsseEnvelope.Sign("t", "{}"u8, Samples.Owner).ToJson(), bytes => (DsseEnvelope.TryParse(bytes, out DsseEnvelope? read, out Refusal? why), why, read?.ToJson())),
        ["policy"] = new(Samples.Policy.ToJson(), bytes => (TrustPolicy.TryParse(bytes, out TrustPolicy? read, out Refusal? why), why, read?.ToJson())),
        ["signed policy"] = new(Samples.Policy.Sign(Samples.Owner).ToJson(), bytes => (TrustPolicy.TryOpen(bytes, [Samples.Owner.PublicKey], out _, out Refusal? why), why, null)),
        ["callers"] = new(Samples.Callers.ToJson(), bytes => (CallerList.TryParse(bytes, out CallerList? read, out Refusal? why), why, read?.ToJson())),
        ["signed callers"] = new(Samples.Callers.Sign(Samples.Owner).ToJson(), bytes => (CallerList.TryOpen(bytes, [Samples.Owner.PublicKey], out _, out Refusal? why), why, null)),
        ["manifest"] = new(Samples.Manifest.ToJson(), bytes => (ModelManifest.TryParse(bytes, out ModelManifest? read, out Refusal? why), why, read?.ToJson())),
        ["signed manifest"] = new(Samples.Manifest.ToJson(),
            bytes => (ModelManifest.TryOpen(bytes, Samples.Manifest.Sign(Samples.Owner).ToJson(), ByteString.Sha256(bytes), out _, out Refusal? why), why, null)),
        ["keyset"] = new(Samples.Keyset.ToJson(), bytes => (Keyset.TryParse(bytes, out Keyset? read, out Refusal? why), why, read?.ToJson())),
        ["document"] = new(Samples.Document.ToJson(), bytes => (AttestationDocument.TryParse(bytes, out AttestationDocument? read, out Refusal? why), why, read?.ToJson())),
        ["evidence"] = new(Samples.Evidence.ToJson(), bytes => (SnpEvidence.TryParse(bytes, out SnpEvidence? read, out Refusal? why), why, read?.ToJson())),
        ["kbs request"] = new("""{"version":"0.4.0","tee":"snp","extra-params":{"a":[1]}}"""u8.ToArray(), bytes => (KbsRequest.TryParse(bytes, out _, out Refusal? why), why, null)),
        ["kbs challenge"] = new(new KbsChallenge("bm9uY2U=").ToJson(), bytes => (KbsChallenge.TryParse(bytes, out KbsChallenge? read, out Refusal? why), why, read?.ToJson())),
        ["kbs attestation"] = new(Samples.Attestation.ToJson(),
            bytes => (KbsAttestation.TryParse(bytes, KbsVersion.Current, out KbsAttestation? read, out Refusal? why), why, read?.ToJson())),
        ["kbs older attestation"] = new(Samples.OlderAttestation, bytes => (KbsAttestation.TryParse(bytes, KbsVersion.Older, out _, out Refusal? why), why, null)),
        ["guest key"] = new(Samples.Attestation.TeeKey.ToJson(), bytes => (TeePublicKey.TryParse(bytes, out TeePublicKey? read, out Refusal? why), why, read?.ToJson())),
        ["jwe"] = new(Jwe.Seal("secret"u8, Samples.Attestation.TeeKey), bytes => (Jwe.TryOpen(bytes, Samples.Guest, out _, out Refusal? why), why, null)),
        ["problem"] = new(new Problem(403, new(RefusalReason.Malformed, "x")).ToJson(), bytes => (Problem.TryParse(bytes, out Problem? read, out Refusal? why), why, read?.ToJson())),
        ["initdata"] = new(Encoding.UTF8.GetBytes(Samples.InitData.Text), bytes => (InitDataDocument.TryParse(Text(bytes), out InitDataDocument? read, out Refusal? why), why,
            read is null ? null : Encoding.UTF8.GetBytes(InitDataDocument.Create(read.Files).Text))),
        ["annotation"] = new(Encoding.UTF8.GetBytes(Samples.InitData.ToAnnotation()), bytes => (InitDataDocument.TryFromAnnotation(Text(bytes), out _, out Refusal? why), why, null), 8 * 1024 * 1024),
        ["audit line"] = new(Samples.AuditLineText, bytes => (AuditLine.TryRead(Text(bytes), Samples.AuditKey, out _, out Refusal? why), why, null)),
        ["key configurations"] = new(KeyConfiguration.EncodeList([new(1, Samples.Keyset.SealingKeys[0].PublicKey, [HpkeAead.Aes256Gcm, HpkeAead.Aes128Gcm])]),
            bytes => (KeyConfiguration.TryParse(bytes, out IReadOnlyList<KeyConfiguration>? read, out Refusal? why), why, read is null ? null : KeyConfiguration.EncodeList(read))),
        ["request header"] = new(new byte[OhttpRequestHeader.Length], bytes => (OhttpRequestHeader.TryParse(bytes, out _, out Refusal? why), why, null)),
        ["statement"] = new(Contract.Write(Samples.Statement), bytes => (Contract.TryRead(bytes, out BrokerStatement? read, out Refusal? why), why, read is null ? null : Contract.Write(read))),
        ["identity"] = new(Contract.Write(Samples.Identity), bytes => (Contract.TryRead(bytes, out GuestIdentity? read, out Refusal? why), why, read is null ? null : Contract.Write(read))),
        ["sidecar status"] = new(Contract.Write(Samples.Status), bytes => (Contract.TryRead(bytes, out SidecarStatus? read, out Refusal? why), why, read is null ? null : Contract.Write(read))),
        ["inference state"] = new(Contract.Write(Samples.State), bytes => (Contract.TryRead(bytes, out InferenceState? read, out Refusal? why), why, read is null ? null : Contract.Write(read))),
        ["public key"] = new(Encoding.UTF8.GetBytes(Samples.Owner.PublicKey.ToPem()),
            bytes => (OwnerPublicKey.TryFromPem(Text(bytes), out OwnerPublicKey? read, out Refusal? why), why, read is null ? null : Encoding.UTF8.GetBytes(read.ToPem()))),
        ["public key in DER"] = new(Samples.Owner.PublicKey.Spki.ToArray(), bytes => (OwnerPublicKey.TryFromSpki(bytes, out _, out Refusal? why), why, null)),
        ["private key"] = new(Encoding.UTF8.GetBytes(Samples.Owner.ToPem()), bytes => (OwnerKey.TryFromPem(Text(bytes), out _, out Refusal? why), why, null)),
    };

    public static TheoryData<string> Names => [.. s_targets.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void AParserAcceptsOrRefuses(string name)
    {
        Target target = s_targets[name];
        (bool good, Refusal? refusal, _) = target.Parse(target.Good);
        Assert.True(good || name == "request header", refusal?.ToString());
        var mutation = new Mutation(name.Length);
        int refused = 0;
        for (int round = 0; round < Rounds; round++)
        {
            byte[] input = mutation.Apply(target.Good);
            refused += Check(target, input, $"{name}, round {round}, {Convert.ToBase64String(input.AsSpan(0, Math.Min(input.Length, 2048)))}") ? 0 : 1;
        }

        Assert.True(refused > Rounds / 20, "mutations that nobody refuses test nothing");
    }

    [Fact]
    public void AKeyOfACallerIsOneOrIsNot()
    {
        byte[] good = Encoding.ASCII.GetBytes(CallerKey.Generate());
        var mutation = new Mutation(7);
        for (int round = 0; round < Rounds; round++)
        {
            string text = Encoding.Latin1.GetString(mutation.Apply(good));
            Assert.Equal(CallerKey.TryHash(text, out ByteString? hash), hash is not null);
            Assert.Equal(KbsResourceUri.TryParse(text, out KbsResourceUri? uri), uri is not null);
            Assert.Equal(ByteString.TryFromHex(text, out ByteString? hex), hex is not null);
        }
    }

    private static bool Check(Target target, byte[] input, string what)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        (bool accepted, Refusal? refusal, byte[]? written) result;
        try
        {
            result = target.Parse(input);
        }
        catch (Exception exception)
        {
            Assert.Fail($"{what}: {exception}");
            return false;
        }

        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Assert.True(allocated < ((long)Multiple * input.Length) + target.Allowance, $"{what}: {allocated} bytes were allocated");
        Assert.True(result.accepted == (result.refusal is null), $"{what}: accepted and refused");
        Assert.True(result.accepted || (result.refusal!.Reason != RefusalReason.None && result.refusal.Message.Length > 10), what);
        if (result.accepted && result.written is { } again)
        {
            (bool readAgain, Refusal? why, byte[]? same) = target.Parse(again);
            Assert.True(readAgain && same.AsSpan().SequenceEqual(again), $"{what}: what was accepted is not read again: {why}");
        }

        return result.accepted;
    }

    private static string Text(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    private sealed record Target(byte[] Good, Func<byte[], (bool Accepted, Refusal? Refusal, byte[]? Written)> Parse, int Allowance = Fixed);
}
