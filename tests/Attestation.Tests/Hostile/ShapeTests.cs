using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ConfidentialOperator.Attestation.Certificates;
using ConfidentialOperator.Attestation.Tests.Azure;
using ConfidentialOperator.Attestation.Tests.Nitro;
using ConfidentialOperator.Attestation.Tests.Running;
using ConfidentialOperator.Attestation.Tests.Tdx;
using ConfidentialOperator.FakeTee.Tdx;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tests.Hostile;

/// <summary>Signatures, keys, lists and texts in another shape than the one that there is.</summary>
public sealed class ShapeTests
{
    private static readonly DateTimeOffset s_from = new(2020, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly byte[] s_orderP256 = Convert.FromHexString("FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551");

    /// <summary>The numbers of the quote's signature: zero, and the group's order, which is zero as a number of the group.</summary>
    [Theory]
    [InlineData(0, false)]
    [InlineData(32, false)]
    [InlineData(0, true)]
    [InlineData(32, true)]
    public void AQuotesSignatureHasNoZeros(int number, bool isOrder)
    {
        TrustRoots roots = TdxScene.RootsOf(TdxScene.Pki);
        var quote = new SoftwareQuote { Altered = whole => (isOrder ? s_orderP256 : new byte[32]).CopyTo(whole, 48 + 6 + 648 + 4 + number) };
        Assert.Equal(RefusalReason.SignatureInvalid, new TdxScene { Roots = roots, Quote = quote }.Authenticate().Refusal!.Reason);
    }

    [Theory]
    [InlineData(-96)]
    [InlineData(-48)]
    public void ANitroSignatureHasNoZeros(int offset)
    {
        Authentication authentication = new NitroScene { Bytes = bytes => Clear(bytes, bytes.Length + offset) }.Authenticate();
        Assert.Equal(RefusalReason.SignatureInvalid, authentication.Refusal!.Reason);
        static byte[] Clear(byte[] bytes, int at)
        {
            bytes.AsSpan(at, 48).Clear();
            return bytes;
        }
    }

    /// <summary>The same two numbers, with a byte more in one of them or behind them: a certificate has one encoding.</summary>
    [Fact]
    public void ACertificatesSignatureIsStrictDer()
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Certificate2 root = Root(rootKey);
        Certificate issuer = Read(root.RawData);
        Assert.True(issuer.Signed.IsSignedBy(issuer, SignatureScheme.EcdsaP256Sha256));
        foreach (Func<byte[], byte[]> change in new Func<byte[], byte[]>[] { LongNumber, signature => [.. signature, 0], signature => [0x30, 0x81, .. signature.AsSpan(1)] })
        {
            Assert.True(Certificate.TryParse(Resign(root.RawData, change), out Certificate? changed));
            Assert.False(changed.Signed.IsSignedBy(issuer, SignatureScheme.EcdsaP256Sha256));
        }
    }

    /// <summary>A curve that is written out and not named may be any curve, with a point of the attacker's choice.</summary>
    [Fact]
    public void AKeyWithACurveOfItsOwnIsNone()
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        X509Certificate2 root = Root(rootKey);
        byte[] named = rootKey.ExportSubjectPublicKeyInfo();
        var spki = new AsnWriter(AsnEncodingRules.DER);
        using (spki.PushSequence())
        {
            var reader = new AsnReader(named, AsnEncodingRules.DER);
            AsnReader whole = reader.ReadSequence();
            using (spki.PushSequence())
            {
                spki.WriteObjectIdentifier(whole.ReadSequence().ReadObjectIdentifier());
                using (spki.PushSequence())
                {
                    spki.WriteInteger(1);
                }
            }

            spki.WriteEncodedValue(whole.ReadEncodedValue().Span);
        }

        byte[] der = root.RawData;
        int at = der.AsSpan().IndexOf(named);
        byte[] other = spki.Encode();
        Assert.True(at > 0 && other.Length != named.Length);
        Certificate holder = Read(Splice(der, named, other));
        Assert.Null(holder.P256Key);
        Assert.False(Read(der).Signed.IsSignedBy(holder, SignatureScheme.EcdsaP256Sha256));
    }

    [Theory]
    [InlineData((int)SignatureScheme.EcdsaP384Sha384)]
    [InlineData((int)SignatureScheme.PssSha384)]
    public void AnotherSchemeThanTheVendorsIsRefused(int scheme)
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Certificate root = Read(Root(rootKey).RawData);
        Assert.False(root.Signed.IsSignedBy(root, (SignatureScheme)scheme));
    }

    /// <summary>A list that never ends would hide every later revocation.</summary>
    [Fact]
    public void AListWithoutAnEndIsNone()
    {
        byte[] list = TdxScene.Pki.MakeRootList(TdxScene.Noon.AddDays(-1), TdxScene.Noon.AddDays(1));
        Assert.True(RevocationList.TryParse(list, out _));
        Assert.False(RevocationList.TryParse(WithoutEnd(list), out _));
    }

    [Theory]
    [InlineData(TeeKind.Snp, "attestation_report")]
    [InlineData(TeeKind.Tdx, "quote")]
    [InlineData(TeeKind.AzureSnp, "")]
    public void AMemberOfEvidenceStandsOnce(TeeKind kind, string member)
    {
        byte[] json = kind switch
        {
            TeeKind.Snp => new Scene().Answer().CpuEvidence.ToArray(),
            TeeKind.Tdx => new TdxEvidence { Quote = TdxScene.Platform.Sign(new SoftwareQuote()) }.ToJson(),
            _ => new AzureScene().Attest().ToJson(),
        };
        string text = Encoding.UTF8.GetString(json);
        member = member.Length > 0 ? member : text[2..text.IndexOf("\":", StringComparison.Ordinal)];
        Assert.True(EvidenceReader.TryRead(kind, json, out _, out Refusal? refusal), refusal?.Message);
        Assert.Contains($"\"{member}\":", text, StringComparison.Ordinal);
        foreach (string name in new[] { member, $"\\u{(int)member[0]:x4}{member[1..]}" })
        {
            string twice = $"{{\"{name}\":{{}},{text[1..]}";
            Assert.False(EvidenceReader.TryRead(kind, Encoding.UTF8.GetBytes(twice), out _, out refusal));
            Assert.Equal(RefusalReason.DuplicateMember, refusal.Reason);
        }
    }

    private static X509Certificate2 Root(ECDsa key)
    {
        var request = new CertificateRequest("CN=root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(s_from, s_from.AddYears(20));
    }

    private static Certificate Read(byte[] der) => Certificate.TryParse(der, out Certificate? certificate) ? certificate : throw new InvalidOperationException("No certificate.");

    private static byte[] Resign(byte[] der, Func<byte[], byte[]> change)
    {
        AsnReader parts = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
            writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
            writer.WriteBitString(change(parts.ReadBitString(out _)));
        }

        return writer.Encode();
    }

    /// <summary>Puts a zero before the first number.</summary>
    private static byte[] LongNumber(byte[] signature) =>
        [0x30, (byte)(signature[1] + 1), 0x02, (byte)(signature[3] + 1), 0, .. signature.AsSpan(4)];

    /// <summary>Puts other bytes in a certificate's content; the signature does not matter.</summary>
    private static byte[] Splice(byte[] der, byte[] from, byte[] to)
    {
        AsnReader parts = new AsnReader(der, AsnEncodingRules.DER).ReadSequence();
        AsnReader content = parts.ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                while (content.HasData)
                {
                    ReadOnlySpan<byte> value = content.ReadEncodedValue().Span;
                    writer.WriteEncodedValue(value.SequenceEqual(from) ? to : value);
                }
            }

            writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
            writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
        }

        return writer.Encode();
    }

    private static byte[] WithoutEnd(byte[] list)
    {
        AsnReader parts = new AsnReader(list, AsnEncodingRules.DER).ReadSequence();
        AsnReader content = parts.ReadSequence();
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                for (int at = 0; content.HasData; at++)
                {
                    ReadOnlySpan<byte> value = content.ReadEncodedValue().Span;
                    if (at != 4)
                    {
                        writer.WriteEncodedValue(value);
                    }
                }
            }

            writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
            writer.WriteEncodedValue(parts.ReadEncodedValue().Span);
        }

        return writer.Encode();
    }
}
