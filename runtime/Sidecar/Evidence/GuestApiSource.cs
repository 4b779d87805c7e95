using System.Buffers.Text;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>The API that the attestation agent of a Confidential Containers guest has on the loopback.</summary>
internal sealed class GuestApiSource : IEvidenceSource, IDisposable
{
    private const int LongestEvidence = 4 * 1024 * 1024;

    private readonly HttpClient _client;
    private readonly TeeKind _tee;

    public GuestApiSource(Uri address, TeeKind tee, TimeSpan timeout)
    {
        _tee = tee;
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false })
        {
            BaseAddress = address,
            Timeout = timeout,
            MaxResponseContentBufferSize = LongestEvidence,
        };
    }

    public string Name => "guest-api";

    public async Task<EvidenceOutcome> GetAsync(ByteString reportData, CancellationToken cancellationToken)
    {
        var path = new Uri($"/aa/evidence?runtime_data={Base64Url.EncodeToString(reportData.Span)}&encoding=base64", UriKind.Relative);
        try
        {
            using HttpResponseMessage response = await _client.GetAsync(path, cancellationToken).ConfigureAwait(false);
            byte[] body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
            return response.StatusCode switch
            {
                HttpStatusCode.OK => Accept(body, reportData),
                HttpStatusCode.NotFound => EvidenceOutcome.Unavailable(
                    "The guest API does not serve /aa/evidence; start the guest with agent.guest_components_rest_api=all."),
                _ => EvidenceOutcome.Unavailable($"The guest API answered {(int)response.StatusCode}."),
            };
        }
        catch (HttpRequestException exception)
        {
            string what = exception.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused } ? "is not there" : "does not answer";
            return EvidenceOutcome.Unavailable($"The guest API at {_client.BaseAddress} {what}.");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return EvidenceOutcome.Unavailable($"The guest API did not answer within {_client.Timeout.TotalSeconds:0} s.");
        }
    }

    public void Dispose() => _client.Dispose();

    private EvidenceOutcome Accept(byte[] body, ByteString reportData)
    {
        if (!IsObject(body))
        {
            return EvidenceOutcome.Unavailable("The guest API answered something that is not a JSON object.");
        }

        // Evidence of another kind, or of a later form, is for its verifier to read.
        if (_tee != TeeKind.Snp || !SnpEvidence.TryParse(body, out SnpEvidence? evidence, out _))
        {
            return EvidenceOutcome.Of(body, "");
        }

        return SnpReportData.Answers(evidence.Report.Span, reportData)
            ? EvidenceOutcome.Of(body, SnpReportData.MeasurementOf(evidence.Report.Span))
            : EvidenceOutcome.Unavailable("The guest API gave a report over other data than it was asked for.");
    }

    private static bool IsObject(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
