using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.CollateralSupply.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.CollateralSupply.Tests.Fetching;

/// <summary>What each vendor's service is asked, and what is taken of its answer.</summary>
public sealed class VendorTests : FetcherFixture
{
    private const string TdxFolder = "tdx-v5-go-90c06f/collateral/";
    private static readonly ByteString s_chip = new(Enumerable.Range(1, 64).Select(at => (byte)at).ToArray());

    [Fact]
    public async Task AMilanChipIsAskedForByItsWholeIdAndFourParts()
    {
        byte[] vcek = Vectors.Bytes("snp-v3-milan-azure-aci/vcek.der");
        Services.Serve($"/kds/vcek/v1/Milan/{s_chip}?blSPL=04&teeSPL=00&snpSPL=24&ucodeSPL=219", vcek, "application/octet-stream");
        IReadOnlyList<CollateralItem> items = await TakenAsync(AmdRequests.Vcek(SnpProduct.Milan, s_chip, new SnpTcb(9, 4, 0, 24, 219)));
        CollateralItem item = Assert.Single(items);
        Assert.Equal((CollateralKinds.Vcek, new ByteString(vcek), Time.GetUtcNow()), (item.Kind, item.Data, item.FetchedAt));
        Assert.StartsWith(Services.Address.AbsoluteUri + "kds/vcek/v1/Milan/", item.Source, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ATurinChipIsAskedForByEightBytesAndWithItsFmc()
    {
        Services.Serve("/kds/vcek/v1/Turin/0102030405060708?fmcSPL=00&blSPL=01&teeSPL=00&snpSPL=02&ucodeSPL=71", Vectors.Bytes("snp-v5-turin-oak/vcek.der"), "application/x-x509-ca-cert");
        var tcb = new SnpTcb(0, 1, 0, 2, 71);
        Assert.Single(await TakenAsync(AmdRequests.Vcek(SnpProduct.Turin, s_chip, tcb)));
        Assert.Equal(AmdRequests.Vcek(SnpProduct.Turin, s_chip, tcb), AmdRequests.Vcek(SnpProduct.Turin, new ByteString(s_chip.Span[..8]), tcb));
        Assert.Throws<ArgumentException>(() => AmdRequests.Vcek(SnpProduct.Genoa, new ByteString(s_chip.Span[..8]), tcb));
    }

    [Fact]
    public async Task ChainsAndListsOfAmdAreTaken()
    {
        byte[] chain = Vectors.Bytes("snp-v3-milan-azure-aci/chain.pem");
        Services.Serve("/kds/vcek/v1/Milan/cert_chain", chain, "application/x-pem-file");
        Services.Serve("/kds/vlek/v1/Milan/cert_chain", Vectors.Bytes("snp-v3-milan-vlek-aws-use2/chain.pem"), "text/plain");
        Services.Serve("/kds/vcek/v1/Milan/crl", Vectors.Bytes("snp-crl-milan/ark.crl.der"), "application/pkix-crl");
        Assert.Equal(new ByteString(chain), (await TakenAsync(AmdRequests.Chain(SnpProduct.Milan)))[0].Data);
        Assert.Equal(CollateralKinds.Chain, (await TakenAsync(AmdRequests.Chain(SnpProduct.Milan, forProviders: true)))[0].Kind);
        Assert.Equal(CollateralKinds.Crl, (await TakenAsync(AmdRequests.RevocationList(SnpProduct.Milan)))[0].Kind);
    }

    [Fact]
    public async Task TcbInfoComesWithTheCertificatesOfItsHeader()
    {
        string chain = Vectors.Text(TdxFolder + "tcb_signing_chain.pem");
        byte[] info = Vectors.Bytes(TdxFolder + "tcb_info.json");
        Services.Serve("/pcs/tdx/certification/v4/tcb?fmspc=90c06f000000&update=standard", info, "application/json", "TCB-Info-Issuer-Chain", chain);
        IReadOnlyList<CollateralItem> items = await TakenAsync(IntelRequests.TcbInfo(ByteString.FromHex("90C06F000000"), TcbEdition.Standard));
        Assert.Equal([CollateralKinds.TcbInfo, CollateralKinds.Chain], items.Select(item => item.Kind));
        Assert.Equal(new ByteString(info), items[0].Data);
        Assert.Equal(chain, Encoding.ASCII.GetString(items[1].Data.Span));
    }

    [Fact]
    public async Task EditionsOfTheQeIdentityAreQueriesOfTheirOwn()
    {
        string chain = Vectors.Text(TdxFolder + "tcb_signing_chain.pem");
        byte[] identity = Vectors.Bytes(TdxFolder + "qe_identity.json");
        foreach ((TcbEdition edition, string query) in new[] { (TcbEdition.Early, "update=early"), (TcbEdition.Numbered(18), "tcbEvaluationDataNumber=18") })
        {
            Services.Serve($"/pcs/tdx/certification/v4/qe/identity?{query}", identity, "application/json; charset=utf-8", "SGX-Enclave-Identity-Issuer-Chain", chain);
            Assert.Equal(2, (await TakenAsync(IntelRequests.QeIdentity(edition))).Count);
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => TcbEdition.Numbered(0));
        Assert.Throws<ArgumentException>(() => IntelRequests.TcbInfo(s_chip, TcbEdition.Early));
    }

    [Fact]
    public async Task IntelsListsAndNumbersAreTaken()
    {
        string chain = Vectors.Text(TdxFolder + "pck_crl_issuer_chain.pem");
        byte[] list = Vectors.Bytes(TdxFolder + "pck_crl.der");
        byte[] numbers = """{"tcbEvaluationDataNumbers":{"id":"TDX","tcbEvalNumbers":[{"tcbEvaluationDataNumber":18}]},"signature":"00"}"""u8.ToArray();
        Services.Serve("/pcs/sgx/certification/v4/pckcrl?ca=platform&encoding=der", list, "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain", chain);
        Services.Serve("/pcs/sgx/certification/v4/pckcrl?ca=processor&encoding=der", list, "application/pkix-crl", "SGX-PCK-CRL-Issuer-Chain", chain);
        Services.Serve("/pcs/tdx/certification/v4/tcbevaluationdatanumbers", numbers, "application/json", "TCB-Evaluation-Data-Numbers-Issuer-Chain", chain);
        Services.Serve("/certificates/IntelSGXRootCA.der", Vectors.Bytes(TdxFolder + "root_ca_crl.der"), "application/octet-stream");
        Assert.Equal(new ByteString(list), (await TakenAsync(IntelRequests.PckRevocationList(forPlatforms: true)))[0].Data);
        Assert.Equal(2, (await TakenAsync(IntelRequests.PckRevocationList(forPlatforms: false))).Count);
        Assert.Equal(new ByteString(numbers), (await TakenAsync(IntelRequests.TcbNumbers))[0].Data);
        Assert.Equal(CollateralKinds.Crl, Assert.Single(await TakenAsync(IntelRequests.RootRevocationList)).Kind);
    }

    [Theory]
    [InlineData(null, RefusalReason.MissingMember)]
    [InlineData("no certificates", RefusalReason.Malformed)]
    public async Task WithoutCertificatesInTheHeaderTcbInfoIsRefused(string? chain, RefusalReason reason)
    {
        Services.Serve("/pcs/tdx/certification/v4/tcb?fmspc=90c06f000000&update=early", Vectors.Bytes(TdxFolder + "tcb_info.json"), "application/json",
            chain is null ? null : "TCB-Info-Issuer-Chain", chain);
        Assert.Equal(reason, (await RefusedAsync(IntelRequests.TcbInfo(ByteString.FromHex("90c06f000000"), TcbEdition.Early))).Reason);
    }

    [Fact]
    public async Task AManifestIsTakenOutOfItsAnswer()
    {
        byte[] rim = Vectors.Bytes("nvidia-h100-550.90.07-full/driver_rim.xml");
        Services.Serve("/rims/v1/rim/NV_GPU_DRIVER_GH100_550.90.07", Answer("NV_GPU_DRIVER_GH100_550.90.07", rim), "application/json");
        CollateralItem item = Assert.Single(await TakenAsync(Rim("NV_GPU_DRIVER_GH100_550.90.07")));
        Assert.Equal((CollateralKinds.DriverRim, new ByteString(rim)), (item.Kind, item.Data));
        Assert.Equal(CollateralKinds.VbiosRim, Rim("NV_GPU_VBIOS_1010_0200_882_96009F0001").Kind);
        Assert.Equal(CollateralKinds.VbiosRim, Rim("NV_SWITCH_BIOS_5612_0002_890_96105E0001").Kind);
    }

    [Theory]
    [InlineData("sha256", "00")]
    [InlineData("id", "NV_GPU_DRIVER_GH100_1.2")]
    [InlineData("rim", "no Base64!")]
    [InlineData("rim_format", "CORIM")]
    public async Task AManifestWhoseAnswerIsNotConsistentIsRefused(string member, string value)
    {
        JsonObject answer = JsonNode.Parse(Answer("NV_GPU_DRIVER_GH100_1.1", "<x/>"u8.ToArray()))!.AsObject();
        answer[member] = value;
        Services.Serve("/rims/v1/rim/NV_GPU_DRIVER_GH100_1.1", Encoding.UTF8.GetBytes(answer.ToJsonString()), "application/json");
        Refusal refusal = await RefusedAsync(Rim("NV_GPU_DRIVER_GH100_1.1"));
        Assert.Contains(refusal.Reason, (RefusalReason[])[RefusalReason.Malformed, RefusalReason.Unsupported]);
        Assert.Contains(member == "rim" ? "rim" : member, refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("../ids")]
    [InlineData("NV_GPU?x")]
    public void WhatIsNoIdOfAManifestIsNotAskedFor(string id) => Assert.False(NvidiaRequests.TryRim(id, out _, out _));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AQuestionAboutRevocationNamesIssuerAndSerial(bool withNonce)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Vectors.Text("nvidia-h100-550.90.07-full/cert_chain.pem"));
        byte[] answer = Vectors.Bytes("nvidia-ocsp/gpu_certificate_l3.der");
        Services.Serve("/ocsp/", answer, "application/ocsp-response");
        Assert.True(NvidiaRequests.TryOcsp(certificates[1].RawData, certificates[2].RawData, withNonce, out CollateralRequest? request, out _));
        Assert.Equal(!withNonce, request.IsCacheable);
        Assert.Equal(new ByteString(answer), Assert.Single(await TakenAsync(request)).Data);
        AsnReader body = new AsnReader(Assert.Single(Services.Bodies), AsnEncodingRules.DER).ReadSequence().ReadSequence();
        AsnReader id = body.ReadSequence().ReadSequence().ReadSequence();
        Assert.Equal("2.16.840.1.101.3.4.2.2", id.ReadSequence().ReadObjectIdentifier());
        Assert.Equal(SHA384.HashData(certificates[2].SubjectName.RawData), id.ReadOctetString());
        Assert.Equal(SHA384.HashData(certificates[2].PublicKey.EncodedKeyValue.RawData), id.ReadOctetString());
        Assert.Equal(certificates[1].SerialNumberBytes.ToArray(), id.ReadIntegerBytes().ToArray());
        Assert.Equal(withNonce, body.HasData);
    }

    [Fact]
    public void ACertificateOfAnotherIssuerIsNotAskedAbout()
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Vectors.Text("nvidia-h100-550.90.07-full/cert_chain.pem"));
        Assert.False(NvidiaRequests.TryOcsp(certificates[0].RawData, certificates[2].RawData, false, out _, out Refusal? refusal));
        Assert.Equal(RefusalReason.Malformed, refusal.Reason);
        Assert.False(NvidiaRequests.TryOcsp([1, 2], certificates[2].RawData, false, out _, out _));
    }

    [Theory]
    [InlineData("300a0a0103", RefusalReason.Malformed)]
    [InlineData("30030a0103", RefusalReason.CollateralUnavailable)]
    [InlineData("30030a0106", RefusalReason.CollateralUnavailable)]
    [InlineData("00", RefusalReason.Malformed)]
    public async Task AResponderThatDoesNotAnswerIsNoAnswer(string hex, RefusalReason reason)
    {
        var certificates = new X509Certificate2Collection();
        certificates.ImportFromPem(Vectors.Text("nvidia-h100-550.90.07-full/cert_chain.pem"));
        Services.Serve("/ocsp/", Convert.FromHexString(hex), "application/ocsp-response");
        Assert.True(NvidiaRequests.TryOcsp(certificates[1].RawData, certificates[2].RawData, false, out CollateralRequest? request, out _));
        Assert.Equal(reason, (await RefusedAsync(request)).Reason);
    }

    private static CollateralRequest Rim(string id)
    {
        Assert.True(NvidiaRequests.TryRim(id, out CollateralRequest? request, out _));
        return request;
    }

    private static byte[] Answer(string id, byte[] rim) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["id"] = id,
        ["rim"] = Convert.ToBase64String(rim),
        ["sha256"] = Convert.ToHexStringLower(SHA256.HashData(rim)),
        ["last_updated"] = "2025-03-14T15:09:03.011000",
        ["rim_format"] = "TCG",
        ["request_id"] = "1",
    }.ToJsonString());
}
