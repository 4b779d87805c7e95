using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Evidence;
using ConfidentialOperator.Sidecar.Attestation;
using ConfidentialOperator.Sidecar.Tests.Running;

namespace ConfidentialOperator.Sidecar.Tests.Attestation;

/// <summary>Documents bind the keyset that they carry to the nonce that was asked.</summary>
public sealed class AttestationDocumentTests
{
    private const int ReportDataAt = 0x50;
    private static readonly string s_nonce = new('5', 64);

    [Fact]
    public async Task ADocumentBindsTheKeysetToTheNonce()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        using HttpResponseMessage response = await GetAsync(sidecar, "?nonce=" + s_nonce);
        Assert.Equal("no-store", SealedHeader(response));
        AttestationDocument document = await ReadAsync(response);
        Assert.Equal(s_nonce, document.Nonce.ToString());
        Assert.Equal(sidecar.Inference.KeysetBytes, document.Keyset.ToArray());
        Assert.Equal(TeeKind.Snp, document.Tee);
        AssertBound(document);
        Assert.True(Keyset.TryParse(document.Keyset.Memory, out Keyset? keyset, out _));
        Assert.Equal("triage-notes-0/uid-1", keyset.Replica);
        Assert.Equal(sidecar.InitData.Sha256, keyset.InitDataSha256);
        Assert.Equal(TestBroker.Policy, keyset.PolicySha256!.ToString());
    }

    [Fact]
    public async Task TheKeysetNamesTheKeyOfTheHttpsPort()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        string spki = "";
        using var handler = new SocketsHttpHandler();
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
        {
            spki = ByteString.Sha256(((X509Certificate2)certificate!).PublicKey.ExportSubjectPublicKeyInfo()).ToString();
            return errors == SslPolicyErrors.RemoteCertificateChainErrors;
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://{sidecar.Ports.Https}") };
        using HttpResponseMessage response = await client.GetAsync($"{AttestationEndpoints.Path}?nonce={s_nonce}", TestContext.Current.CancellationToken);
        Assert.True(Keyset.TryParse((await ReadAsync(response)).Keyset.Memory, out Keyset? keyset, out _));
        Assert.Equal([spki], keyset.TlsSpkiSha256.Select(digest => digest.ToString()));
    }

    [Theory]
    [InlineData("?nonce=")]
    [InlineData("?nonce=5555")]
    [InlineData("?nonce=555555555555555555555555555555555555555555555555555555555555555Z")]
    [InlineData("?nonce=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("?nonce=55555555555555555555555555555555555555555555555555555555555555555")]
    [InlineData("?nonce=5555555555555555555555555555555555555555555555555555555555555555&nonce=5555555555555555555555555555555555555555555555555555555555555555")]
    public async Task ANonceOfAnotherFormIsRefused(string query)
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        using HttpResponseMessage response = await GetAsync(sidecar, query);
        await response.AssertProblemAsync(HttpStatusCode.BadRequest, "Malformed");
    }

    [Fact]
    public async Task WithoutANonceOneDocumentServesManyUntilTheKeysetChanges()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        string[] documents = await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using HttpResponseMessage response = await GetAsync(sidecar, "");
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        }));
        Assert.Single(documents.Distinct());
        sidecar.Inference.RotateSealingKey();
        using HttpResponseMessage after = await GetAsync(sidecar, "");
        AttestationDocument document = await ReadAsync(after);
        Assert.Equal(sidecar.Inference.KeysetBytes, document.Keyset.ToArray());
        AssertBound(document);
    }

    [Fact]
    public async Task WhoVerifiedANewKeysetIsNotToldOfTheOldOne()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        for (int i = 0; i < 5; i++)
        {
            sidecar.Inference.RotateSealingKey();
            using HttpResponseMessage response = await GetAsync(sidecar, $"?nonce={s_nonce}");
            AttestationDocument document = await ReadAsync(response);
            using HttpResponseMessage answer = await Relay.SealedRelayTests.PostAsync(sidecar, new StringContent("x"));
            Assert.Equal(ByteString.Sha256(document.Keyset.Span).ToString(), Relay.SealedRelayTests.Header(answer, "Confidential-Keyset"));
        }
    }

    [Fact]
    public async Task AKeysetThatChangesWhileTheReportIsMadeIsNotAnswered()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        int reads = 0;
        sidecar.Inference.OnKeyset = () =>
        {
            if (++reads == 2)
            {
                sidecar.Inference.RotateSealingKey();
            }
        };
        using HttpResponseMessage response = await GetAsync(sidecar, "?nonce=" + s_nonce);
        AttestationDocument document = await ReadAsync(response);
        Assert.Equal(sidecar.Inference.KeysetBytes, document.Keyset.ToArray());
        AssertBound(document);
        Assert.Equal(3, reads);

        sidecar.Inference.OnKeyset = sidecar.Inference.RotateSealingKey;
        using HttpResponseMessage restless = await GetAsync(sidecar, "?nonce=" + s_nonce);
        await restless.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "ModelNotReady");
    }

    [Fact]
    public async Task TooManyNoncesAreRefusedAndTheCachedDocumentStays()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(("Limits:AttestationsPerSource", "2"));
        using HttpResponseMessage refused = await Answers.UntilLimitedAsync(2, () => GetAsync(sidecar, "?nonce=" + s_nonce));
        await refused.AssertProblemAsync(HttpStatusCode.TooManyRequests, "RateLimited");
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        using HttpResponseMessage cached = await GetAsync(sidecar, "");
        Assert.Equal(HttpStatusCode.OK, cached.StatusCode);
    }

    [Fact]
    public async Task NoMoreWaitForTheHardwareThanItCanServe()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync();
        using var hold = new ManualResetEventSlim();
        int asked = 0;
        sidecar.Inference.OnKeyset = () =>
        {
            Interlocked.Increment(ref asked);
            hold.Wait(TestContext.Current.CancellationToken);
        };
        Task<HttpResponseMessage>[] waiting = [.. Enumerable.Range(0, 64).Select(_ => GetAsync(sidecar, ""))];
        Task<HttpResponseMessage>[] refused = [.. Enumerable.Range(0, 8).Select(_ => GetAsync(sidecar, ""))];
        HttpResponseMessage first = await await Task.WhenAny([.. waiting, .. refused]);
        await first.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "Overloaded");
        Assert.NotNull(first.Headers.RetryAfter);
        hold.Set();
        HttpResponseMessage[] all = await Task.WhenAll([.. waiting, .. refused]);
        Assert.True(all.Count(response => response.StatusCode == HttpStatusCode.OK) >= 64);
        Array.ForEach(all, response => response.Dispose());
        Assert.InRange(asked, 1, 3 * 72);
    }

    [Fact]
    public async Task AllSourcesTogetherHaveALimitToo()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(("Limits:Attestations", "1"));
        using HttpResponseMessage refused = await Answers.UntilLimitedAsync(1, () => GetAsync(sidecar, "?nonce=" + s_nonce));
        await refused.AssertProblemAsync(HttpStatusCode.TooManyRequests, "RateLimited");
    }

    [Fact]
    public async Task BeforeTheModelIsReadyThereIsNoDocument()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        sidecar.Broker.Refusals["attest"] = new(RefusalReason.MeasurementNotAccepted, "no");
        await sidecar.StartAsync();
        foreach (string query in (string[])["", "?nonce=" + s_nonce])
        {
            using HttpResponseMessage response = await GetAsync(sidecar, query);
            await response.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "ModelNotReady");
        }
    }

    [Fact]
    public async Task WithoutEvidenceThereIsNoDocument()
    {
        await using RunningSidecar sidecar = await RunningSidecar.StartReadyAsync(
            ("Evidence:TsmPath", "/nowhere/tsm"), ("Evidence:SevGuestPath", "/nowhere/sev-guest"));
        await sidecar.GuestApi!.DisposeAsync();
        sidecar.GuestApi = null;
        using HttpResponseMessage response = await GetAsync(sidecar, "?nonce=" + s_nonce);
        await response.AssertProblemAsync(HttpStatusCode.ServiceUnavailable, "EvidenceUnavailable");
    }

    [Fact]
    public async Task CollateralPassesThrough()
    {
        await using RunningSidecar sidecar = await RunningSidecar.PrepareAsync();
        Directory.CreateDirectory(sidecar.Folder["collateral"]);
        await File.WriteAllTextAsync(sidecar.Folder["collateral/crl.der"], "a list", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(sidecar.Folder["collateral/other.der"], "not known", TestContext.Current.CancellationToken);
        sidecar.Set("Evidence:CollateralDirectory", sidecar.Folder["collateral"]);
        await sidecar.StartAsync();
        await sidecar.WaitAsync(Protocol.Contracts.SidecarPhase.Ready);
        using HttpResponseMessage response = await GetAsync(sidecar, "?nonce=" + s_nonce);
        Collateral collateral = Assert.Single((await ReadAsync(response)).Collateral);
        Assert.Equal("crl", collateral.Kind);
        Assert.Equal("a list"u8.ToArray(), collateral.Data.ToArray());
    }

    private static Task<HttpResponseMessage> GetAsync(RunningSidecar sidecar, string query) =>
        sidecar.Client.GetAsync(AttestationEndpoints.Path + query, TestContext.Current.CancellationToken);

    private static string SealedHeader(HttpResponseMessage response) => string.Join(", ", response.Headers.GetValues("Cache-Control"));

    private static async Task<AttestationDocument> ReadAsync(HttpResponseMessage response)
    {
        byte[] body = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.True(AttestationDocument.TryParse(body, out AttestationDocument? document, out Refusal? refusal), refusal?.Message);
        return document;
    }

    private static void AssertBound(AttestationDocument document)
    {
        Assert.True(SnpEvidence.TryParse(document.CpuEvidence.Memory, out SnpEvidence? evidence, out _));
        ByteString expected = ReportBinding.ForClient(document.Nonce.Span, document.Keyset.Span, document.DeviceEvidence.Span);
        Assert.Equal(expected.ToString(), Convert.ToHexStringLower(evidence.Report.Span.Slice(ReportDataAt, 64)));
    }
}
