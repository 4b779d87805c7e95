using System.Net;
using System.Security.Cryptography;
using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Binding;
using ConfidentialOperator.Protocol.Policies;

namespace ConfidentialOperator.Client.Guests;

/// <summary>One question to the endpoint: a new nonce, the answer, and the verdict on it.</summary>
internal sealed class GuestInquiry(ConfidentialClientOptions options, HttpMessageInvoker transport)
{
    private const string Path = "/.well-known/confidential-model/attestation?nonce=";

    public async Task<Verification> AskAsync(CancellationToken cancellationToken)
    {
        DateTimeOffset now = options.Time.GetUtcNow();
        if (CheckPolicy(now) is { } refusal)
        {
            return Verification.Refused(now, refusal);
        }

        using var timeout = new CancellationTokenSource(options.AttestationTimeout, options.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await AskAsync(new ByteString(RandomNumberGenerator.GetBytes(ReportBinding.NonceSize)), both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable(now, $"did not prove itself within {options.AttestationTimeout.TotalSeconds:0} seconds");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            return Unavailable(now, "cannot be reached: " + (exception as HttpRequestException)?.HttpRequestError);
        }
    }

    /// <summary>A policy that has ended or is older than one that was seen is refused before anything is asked.</summary>
    private Refusal? CheckPolicy(DateTimeOffset now)
    {
        TrustPolicy policy = options.Policy.Policy;
        return policy.PolicyVersion < options.MinimumPolicyVersion
            ? new(RefusalReason.PolicyRolledBack,
                $"The policy has version {policy.PolicyVersion}; version {options.MinimumPolicyVersion} of it was in use here before. Get the newest policy from the model's owner.")
            : options.Policy.CheckTime(now);
    }

    private async Task<Verification> AskAsync(ByteString nonce, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, options.At(Path + nonce));

        // A load balancer chooses a replica for each connection: one that was asked is not used again, so the next question may reach another replica.
        request.Headers.ConnectionClose = true;
        using HttpResponseMessage response = await transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        (byte[] body, bool whole) = await ClearAnswer.ReadAsync(response, AttestationDocument.LongestDocument, cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = options.Time.GetUtcNow();
        if (response.StatusCode != HttpStatusCode.OK)
        {
            return Verification.Refused(now, ClearAnswer.Reason(response, body, "the nonce"));
        }

        if (!whole)
        {
            return Verification.Refused(now, new(RefusalReason.TooLarge, $"The attestation document has more than {AttestationDocument.LongestDocument} bytes."));
        }

        return AttestationDocument.TryParse(body, out AttestationDocument? document, out Refusal? refusal)
            ? Verification.Of(GuestVerifier.Verify(new GuestQuestion { Document = document, Nonce = nonce, Policy = options.Policy, Roots = options.Roots, Now = now, Collateral = options.Collateral }))
            : Verification.Refused(now, refusal);
    }

    private Verification Unavailable(DateTimeOffset now, string why) =>
        Verification.Refused(now, new(RefusalReason.EndpointUnavailable, $"The endpoint {options.Endpoint} {why}."));
}
