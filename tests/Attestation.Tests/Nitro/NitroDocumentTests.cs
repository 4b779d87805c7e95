using ConfidentialOperator.Attestation.Nitro;
using ConfidentialOperator.FakeTee.Nitro;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Nitro;

/// <summary>The layout of documents: what is read, and what is refused before any signature is looked at.</summary>
public sealed class NitroDocumentTests
{
    private static readonly byte[] s_good = new NitroScene().Sign();
    private static readonly SoftwareNitroDocument s_document = new() { Timestamp = NitroScene.Noon };

    /// <summary>Payloads that nobody should make, each with what the refusal must name.</summary>
    private static readonly Dictionary<string, (string Names, Func<List<(byte[] Key, byte[] Value)>, List<(byte[] Key, byte[] Value)>> Change)> s_payloads = new()
    {
        ["empty module id"] = ("'module_id' has 0 characters", Set("module_id", CborText.Text(""))),
        ["long module id"] = ("'module_id' has 257 characters", Set("module_id", CborText.Text(new string('x', 257)))),
        ["module id in bytes"] = ("'module_id' is not of the type", Set("module_id", CborText.Bytes([1]))),
        ["another digest"] = ("'digest' is not SHA384", Set("digest", CborText.Text("SHA256"))),
        ["no time"] = ("'timestamp' is 0", Set("timestamp", CborText.Number(0))),
        ["time after the year 9999"] = ("'timestamp' is 253402300800000", Set("timestamp", CborText.Number(253_402_300_800_000))),
        ["negative time"] = ("'timestamp' is not of the type", Set("timestamp", [0x20])),
        ["time of 2^64 - 1"] = ("'timestamp' is 18446744073709551615", Set("timestamp", CborText.Number(ulong.MaxValue))),
        ["no PCRs"] = ("'pcrs' is empty", Set("pcrs", CborText.Map([]))),
        ["PCR of 47 bytes"] = ("'pcrs' has 47 bytes at index 3", Set("pcrs", Pcrs((CborText.Number(3), CborText.Bytes(new byte[47]))))),
        ["PCR 32"] = ("'pcrs' has the index 32", Set("pcrs", Pcrs((CborText.Number(32), CborText.Bytes(new byte[48]))))),
        ["PCR -1"] = ("'pcrs' is not of the type", Set("pcrs", Pcrs(([0x20], CborText.Bytes(new byte[48]))))),
        ["PCR 0 twice"] = ("'pcrs' is not of the type that it must be, stands twice", Set("pcrs", Pcrs((CborText.Number(0), CborText.Bytes(new byte[48])), (CborText.Number(0), CborText.Bytes(new byte[48]))))),
        ["PCR 0 twice, in two encodings"] = ("'pcrs' has the index 0 twice", Set("pcrs", Pcrs((CborText.Number(0), CborText.Bytes(new byte[48])), ([0x18, 0], CborText.Bytes(new byte[48]))))),
        ["PCR in pieces"] = ("'pcrs' is not of the type", Set("pcrs", Pcrs((CborText.Number(0), [0x5F, .. CborText.Bytes(new byte[48]), 0xFF])))),
        ["empty certificate"] = ("'certificate' has 0 bytes", Set("certificate", CborText.Bytes([]))),
        ["long certificate"] = ("'certificate' has 1025 bytes", Set("certificate", CborText.Bytes(new byte[1025]))),
        ["empty authority"] = ("'cabundle' has 0 bytes", Set("cabundle", CborText.Array([CborText.Bytes([])]))),
        ["long authority"] = ("'cabundle' has 1025 bytes", Set("cabundle", CborText.Array([CborText.Bytes(new byte[1025])]))),
        ["authorities that are no list"] = ("'cabundle' is not of the type", Set("cabundle", CborText.Null)),
        ["empty key"] = ("'public_key' has 0 bytes", Set("public_key", CborText.Bytes([]))),
        ["long key"] = ("'public_key' has 1025 bytes", Set("public_key", CborText.Bytes(new byte[1025]))),
        ["long user data"] = ("'user_data' has 1025 bytes", Set("user_data", CborText.Bytes(new byte[1025]))),
        ["user data in text"] = ("'user_data' is not of the type", Set("user_data", CborText.Text("x"))),
        ["long nonce"] = ("'nonce' has 1025 bytes", Set("nonce", CborText.Bytes(new byte[1025]))),
        ["a field twice"] = ("stands twice", fields => [.. fields, (CborText.Text("nonce"), CborText.Null)]),
        ["a field twice, in two encodings"] = ("'nonce' stands twice", fields => [.. fields, ([0x78, 5, .. "nonce"u8], CborText.Null)]),
        ["a name in bytes"] = ("is not of the type", fields => [.. fields, (CborText.Bytes("x"u8), CborText.Null)]),
        ["a deep value"] = ("a field that is not known is not of the type", fields => [.. fields, (CborText.Text("x"), [.. Enumerable.Repeat((byte)0x81, 5000), 0])]),
        ["no module id"] = ("'module_id' is missing", Drop("module_id")),
        ["no digest"] = ("'digest' is missing", Drop("digest")),
        ["no timestamp"] = ("'timestamp' is missing", Drop("timestamp")),
        ["no map of PCRs"] = ("'pcrs' is missing", Drop("pcrs")),
        ["no certificate"] = ("'certificate' is missing", Drop("certificate")),
        ["no list of authorities"] = ("'cabundle' is missing", Drop("cabundle")),
    };

    /// <summary>Envelopes that nobody should make, each with what the refusal must name.</summary>
    private static readonly Dictionary<string, (string Names, RefusalReason Reason, Func<byte[], byte[]> Change)> s_envelopes = new()
    {
        ["empty"] = ("the envelope cannot be read at offset 0", RefusalReason.ReportMalformed, _ => []),
        ["a byte after it"] = ("1 bytes follow it", RefusalReason.ReportMalformed, bytes => [.. bytes, 0]),
        ["too long"] = ("the limit is 16384", RefusalReason.TooLarge, bytes => [.. bytes, .. new byte[16 * 1024]]),
        ["five elements"] = ("not four elements", RefusalReason.ReportMalformed, bytes => [0x85, .. bytes[1..], 0]),
        ["an array without stated length"] = ("not four elements", RefusalReason.ReportMalformed, bytes => [0x9F, .. bytes[1..], 0xFF]),
        ["a map"] = ("the envelope cannot be read", RefusalReason.ReportMalformed, bytes => [0xA2, .. bytes[1..]]),
        ["tag of COSE_Sign"] = ("a tag that is not 18", RefusalReason.ReportMalformed, bytes => [0xD8, 98, .. bytes]),
        ["two tags"] = ("the envelope cannot be read", RefusalReason.ReportMalformed, bytes => [0xD2, 0xD2, .. bytes]),
        ["ES256"] = ("its algorithm is -7", RefusalReason.Unsupported, WithHeaders([0xA1, 0x01, 0x26])),
        ["PS384"] = ("its algorithm is -38", RefusalReason.Unsupported, WithHeaders([0xA1, 0x01, 0x38, 0x25])),
        ["HMAC"] = ("its algorithm is 5", RefusalReason.Unsupported, WithHeaders([0xA1, 0x01, 0x05])),
        ["ES384 in more bytes"] = ("its algorithm is -35", RefusalReason.Unsupported, WithHeaders([0xA1, 0x01, 0x39, 0x00, 0x22])),
        ["a second header"] = ("not the one header", RefusalReason.ReportMalformed, WithHeaders([0xA2, 0x01, 0x38, 0x22, 0x04, 0x41, 0x01])),
        ["a critical header"] = ("not the one header", RefusalReason.ReportMalformed, WithHeaders([0xA2, 0x01, 0x38, 0x22, 0x02, 0x81, 0x01])),
        ["the algorithm twice"] = ("not the one header", RefusalReason.ReportMalformed, WithHeaders([0xA2, 0x01, 0x38, 0x22, 0x01, 0x26])),
        ["no header"] = ("the protected headers cannot be read", RefusalReason.ReportMalformed, WithHeaders([])),
        ["an unprotected header"] = ("unprotected headers", RefusalReason.ReportMalformed, bytes => [.. bytes[..6], 0xA1, 0x01, 0x26, .. bytes[7..]]),
        ["an unprotected map without stated length"] = ("unprotected headers", RefusalReason.ReportMalformed, bytes => [.. bytes[..6], 0xBF, 0xFF, .. bytes[7..]]),
        ["detached payload"] = ("the payload cannot be read", RefusalReason.ReportMalformed, bytes => [.. bytes[..7], 0xF6, 0x58, 96, .. new byte[96]]),
        ["empty payload"] = ("it has no payload", RefusalReason.ReportMalformed, bytes => [.. bytes[..7], 0x40, 0x58, 96, .. new byte[96]]),
        ["payload of 2^32 - 1 bytes"] = ("the payload cannot be read", RefusalReason.ReportMalformed, bytes => [.. bytes[..7], 0x5A, 0xFF, 0xFF, 0xFF, 0xFF, .. bytes[10..]]),
        ["payload of 2^63 bytes"] = ("the payload cannot be read", RefusalReason.ReportMalformed, bytes => [.. bytes[..7], 0x5B, 0x80, 0, 0, 0, 0, 0, 0, 0, .. bytes[10..]]),
        ["signature of 95 bytes"] = ("95 bytes; ES384 has 96", RefusalReason.ReportMalformed, bytes => [.. bytes[..^98], 0x58, 95, .. bytes[^95..]]),
        ["signature of 97 bytes"] = ("97 bytes; ES384 has 96", RefusalReason.ReportMalformed, bytes => [.. bytes[..^98], 0x58, 97, 0, .. bytes[^96..]]),
    };

    public static TheoryData<string> Payloads => [.. s_payloads.Keys];

    public static TheoryData<string> Envelopes => [.. s_envelopes.Keys];

    [Theory]
    [MemberData(nameof(Payloads))]
    public void APayloadThatBreaksTheGrammarIsRefusedByName(string name)
    {
        (string names, Func<List<(byte[] Key, byte[] Value)>, List<(byte[] Key, byte[] Value)>> change) = s_payloads[name];
        foreach (bool indefinite in (bool[])[false, true])
        {
            ByteString bytes = NitroScene.Enclave().Sign(s_document with { Fields = change, IsIndefinite = indefinite });
            Assert.False(NitroDocument.TryParse(bytes.Memory, out _, out Refusal? refusal));
            Assert.Equal(RefusalReason.ReportMalformed, refusal.Reason);
            Assert.Contains(names, refusal.Message, StringComparison.Ordinal);
            Assert.Matches(@"\(at offset [0-9]+\)", refusal.Message);
        }
    }

    [Theory]
    [MemberData(nameof(Envelopes))]
    public void AnEnvelopeThatIsNotTheOneFormIsRefusedByName(string name)
    {
        (string names, RefusalReason reason, Func<byte[], byte[]> change) = s_envelopes[name];
        Assert.False(NitroDocument.TryParse(change([.. s_good]), out _, out Refusal? refusal));
        Assert.Contains(names, refusal.Message, StringComparison.Ordinal);
        Assert.Equal(reason, refusal.Reason);
    }

    [Fact]
    public void EveryFieldIsRead()
    {
        var key = new ByteString([1, 2, 3]);
        var scene = new NitroScene { Document = document => document with { PublicKey = key, Nonce = ByteString.Empty, IsIndefinite = true } };
        Assert.True(NitroDocument.TryParse(scene.Sign(), out NitroDocument? document, out _));
        Assert.Equal((key, NitroScene.ReportData, ByteString.Empty), (document.PublicKey, document.UserData, document.Nonce));
        Assert.Equal(("i-0123456789abcdef0-enc0123456789abcdef", NitroScene.Noon.AddSeconds(-10)), (document.ModuleId, document.Timestamp));
        Assert.Equal(Enumerable.Range(0, 17), document.PcrIndices);
        Assert.All(SoftwareNitroDocument.DefaultPcrs, pcr => Assert.Equal(pcr.Value, document.Pcr(pcr.Key)));
        Assert.All((int[])[-1, 17, 31, 32], index => Assert.Null(document.Pcr(index)));
    }

    [Fact]
    public void FieldsThatAreNotKnownAreSkipped()
    {
        ByteString bytes = NitroScene.Enclave().Sign(s_document with { Fields = fields => [.. fields, (CborText.Text("nitrotpm_pcrs"), Pcrs((CborText.Number(99), CborText.Null)))] });
        Assert.True(NitroDocument.TryParse(bytes.Memory, out NitroDocument? document, out _));
        Assert.Null(document.UserData);
    }

    [Fact]
    public void EveryTruncationIsRefused()
    {
        for (int length = 0; length < s_good.Length; length++)
        {
            Assert.False(NitroDocument.TryParse(s_good.AsMemory(0, length), out _, out Refusal? refusal));
            Assert.Equal(RefusalReason.ReportMalformed, refusal.Reason);
        }
    }

    /// <summary>Every bit of the payload and of the signature is signed, and every bit of the envelope is fixed.</summary>
    [Fact]
    public void NoBitCanBeChanged()
    {
        for (int at = 0; at < s_good.Length; at += at is < 16 or > 4000 ? 1 : 7)
        {
            byte[] bytes = [.. s_good];
            bytes[at] ^= (byte)(1 << (at % 8));
            Assert.False(NitroDocument.TryParse(bytes, out NitroDocument? document, out _)
                && new NitroScene { Bytes = _ => bytes }.Authenticate().Evidence is not null, $"byte {at}: {document?.ModuleId}");
        }
    }

    [Fact]
    public void TheJsonFormIsReadStrictlyAndWrittenBack()
    {
        var evidence = new NitroEvidence { Document = new ByteString(s_good) };
        Assert.True(NitroEvidence.TryParse(evidence.ToJson(), out NitroEvidence? read, out _));
        Assert.Equal(evidence, read);
        Assert.True(EvidenceReader.TryRead(TeeKind.Nitro, evidence.ToJson(), out Evidence? any, out _));
        Assert.IsType<NitroDocumentEvidence>(any);
        Assert.False(NitroEvidence.TryParse("""{"attestation_document":"AA==","more":1}"""u8.ToArray(), out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.UnknownMember, refusal.Reason);
        Assert.False(EvidenceReader.TryRead(TeeKind.Nitro, """{"attestation_document":"AA=="}"""u8.ToArray(), out _, out refusal));
        Assert.Equal(RefusalReason.ReportMalformed, refusal.Reason);
    }

    private static Func<List<(byte[] Key, byte[] Value)>, List<(byte[] Key, byte[] Value)>> Set(string name, byte[] value) =>
        fields => [.. fields.Select(field => field.Key.SequenceEqual(CborText.Text(name)) ? (field.Key, value) : field)];

    private static Func<List<(byte[] Key, byte[] Value)>, List<(byte[] Key, byte[] Value)>> Drop(string name) =>
        fields => [.. fields.Where(field => !field.Key.SequenceEqual(CborText.Text(name)))];

    private static byte[] Pcrs(params (byte[] Key, byte[] Value)[] entries) => CborText.Map(entries);

    /// <summary>Puts other protected headers in the place of the four bytes.</summary>
    private static Func<byte[], byte[]> WithHeaders(byte[] headers) => bytes => [bytes[0], .. CborText.Bytes(headers), .. bytes[6..]];
}
