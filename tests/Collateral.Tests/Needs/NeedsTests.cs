using ConfidentialOperator.CollateralSupply.Needs;
using ConfidentialOperator.CollateralSupply.Requests;
using ConfidentialOperator.CollateralSupply.Tests.Running;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.CollateralSupply.Tests.Needs;

/// <summary>What recorded evidence of real machines calls for.</summary>
public sealed class NeedsTests
{
    [Fact]
    public void ATurinReportCallsForItsChipAtItsTcb()
    {
        string[] paths = Paths(CollateralNeeds.Of(Vectors.Bytes("snp-v5-turin-oak/report.bin"), null, TcbEdition.Standard));
        Assert.Equal(3, paths.Length);
        Assert.Matches("^vcek/v1/Turin/[0-9a-f]{16}\\?fmcSPL=00&blSPL=01&teeSPL=00&snpSPL=02&ucodeSPL=71$", paths[0]);
        Assert.Equal(["vcek/v1/Turin/cert_chain", "vcek/v1/Turin/crl"], paths[1..]);
    }

    [Fact]
    public void AReportThatDoesNotSayItsProductCallsForBothThatItMayBe()
    {
        string[] paths = Paths(CollateralNeeds.Of(Vectors.Bytes("snp-v2-milan-debug/report.bin"), null, TcbEdition.Standard));
        Assert.Contains(paths, path => path.StartsWith("vcek/v1/Milan/", StringComparison.Ordinal) && path.EndsWith("?blSPL=02&teeSPL=00&snpSPL=05&ucodeSPL=68", StringComparison.Ordinal));
        Assert.Contains(paths, path => path.StartsWith("vcek/v1/Genoa/", StringComparison.Ordinal) && path.Contains("SPL", StringComparison.Ordinal));
    }

    [Fact]
    public void AProvidersReportCallsForNoChip() => Assert.Equal(["vlek/v1/Milan/cert_chain", "vcek/v1/Milan/crl"],
        Paths(CollateralNeeds.Of(Vectors.Bytes("snp-v3-milan-vlek-aws-use2/report.bin"), null, TcbEdition.Standard)));

    [Theory]
    [InlineData("tdx-v5-go-90c06f/quote.bin", "90c06f000000")]
    [InlineData("tdx-v4-gce-cos113/original.bin", "00806f050000")]
    [InlineData("tdx-v4-spr-e4/quote.bin", "50806f000000")]
    public void AQuoteCallsForItsPlatformsData(string file, string fmspc)
    {
        string[] paths = Paths(CollateralNeeds.Of(Vectors.Bytes(file), null, TcbEdition.Numbered(18)));
        Assert.Equal($"tdx/certification/v4/tcb?fmspc={fmspc}&tcbEvaluationDataNumber=18", paths[0]);
        Assert.Equal("tdx/certification/v4/qe/identity?tcbEvaluationDataNumber=18", paths[1]);
        Assert.Matches("^sgx/certification/v4/pckcrl\\?ca=(platform|processor)&encoding=der$", paths[2]);
        Assert.Equal("IntelSGXRootCA.der", paths[3]);
    }

    [Theory]
    [InlineData("azure-tdx-coco-v1/evidence.json", true)]
    [InlineData("nitro-2021-anjuna-prod/attestation.cbor", false)]
    [InlineData("sample-ok/evidence.json", false)]
    public void EvidenceThatBringsEverythingCallsForNothing(string file, bool any) =>
        Assert.Equal(any, CollateralNeeds.Of(Vectors.Bytes(file), null, TcbEdition.Standard).Count > 0);

    [Theory]
    [InlineData("nvidia-h100-550.90.07-full", NvidiaArchitecture.Hopper, "v1/rim/NV_GPU_DRIVER_GH100_550.90.07", 2)]
    [InlineData("nvidia-b200-575.32", NvidiaArchitecture.Blackwell, "v1/rim/NV_GPU_CC_DRIVER_GB100_575.32", 2)]
    [InlineData("nvidia-nvswitch-ls10", NvidiaArchitecture.Ls10, "v1/rim/NV_SWITCH_BIOS_5612_0002_890_9610550001", 1)]
    public void ADeviceCallsForItsManifestsAndAnswersAboutItsChain(string folder, NvidiaArchitecture architecture, string first, int manifests)
    {
        var device = new NvidiaDeviceEvidence(architecture, new ByteString(Vectors.Bytes($"{folder}/report.bin")), new ByteString(Vectors.Bytes($"{folder}/cert_chain.pem")));
        IReadOnlyList<CollateralRequest> requests = CollateralNeeds.OfDevice(device);
        Assert.Equal(first, requests[0].Path);
        Assert.Equal(manifests, requests.Count(request => request.Service == CollateralOrigin.NvidiaRim));
        Assert.Equal(3, requests.Count(request => request.Service == CollateralOrigin.NvidiaOcsp));
        Assert.Equal(requests.Count, requests.Select(request => request.Name).Distinct().Count());
    }

    [Fact]
    public void WhatIsNoEvidenceCallsForNothing()
    {
        Assert.Empty(CollateralNeeds.Of("no evidence"u8.ToArray(), null, TcbEdition.Standard));
        Assert.Empty(CollateralNeeds.Of("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"u8.ToArray(), null, TcbEdition.Standard));
    }

    private static string[] Paths(IReadOnlyList<CollateralRequest> requests) => [.. requests.Select(request => request.Path)];
}
