using ConfidentialOperator.Attestation.Guests;
using ConfidentialOperator.Client.Guests;
using ConfidentialOperator.Client.Sealing;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.Client;

/// <summary>
/// Verifies first, then sends: a request is sealed to a key of a guest that proved itself to this client's own nonce, or it is not sent at all.
/// Several replicas may stand behind the endpoint; each is verified when its keyset shows. A client is safe for many requests at once.
/// </summary>
public sealed class ConfidentialClient : IDisposable
{
    private readonly ConfidentialClientOptions _options;
    private readonly HttpMessageInvoker _transport;
    private readonly GuestDirectory _guests;
    private readonly SealedSender _sender;

    /// <summary>Makes a client.</summary>
    /// <param name="options">What it knows.</param>
    /// <param name="transport">The connections, which carry only ciphertext and evidence; disposed with the client.</param>
    public ConfidentialClient(ConfidentialClientOptions options, HttpMessageHandler transport)
    {
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _transport = new HttpMessageInvoker(transport);
        _guests = new GuestDirectory(options, new GuestInquiry(options, _transport));
        _sender = new SealedSender(options, _transport);
    }

    /// <summary>Gets the guests that may be sent to now.</summary>
    public IReadOnlyList<VerifiedGuest> Guests => _guests.Current;

    /// <summary>Gets the newest verification; null before the first.</summary>
    public Verification? LastVerification => _guests.Last;

    /// <summary>Asks the endpoint to prove itself to a new nonce. Callers at the same time share one question.</summary>
    public Task<Verification> VerifyAsync(CancellationToken cancellationToken) => _guests.VerifyAsync(cancellationToken);

    /// <summary>
    /// Sends a request, sealed, to a verified guest. When the guest's key is no longer in force, the endpoint is verified again and the request is sealed anew,
    /// once; nothing of an answer was there then.
    /// </summary>
    /// <param name="request">The request: its path, headers and content go inside. Scheme and host are not used.</param>
    /// <param name="cancellationToken">Ends the request; the answer's content has its own tokens.</param>
    public async Task<SendResult> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!InnerRequest.TryRead(request, _options.Time.GetUtcNow(), out InnerRequest? inner, out Refusal? refusal))
        {
            return Telemetry.Count(SendResult.Refused(refusal));
        }

        if (await inner.BufferAsync(_options.Limits.BodyBytes, cancellationToken).ConfigureAwait(false) is { } tooLarge)
        {
            return Telemetry.Count(SendResult.Refused(tooLarge));
        }

        (VerifiedChannel? channel, refusal) = await _guests.PickAsync(cancellationToken).ConfigureAwait(false);
        SendAttempt attempt = channel is null ? SendAttempt.Refused(refusal!) : await _sender.SendAsync(channel, inner, cancellationToken).ConfigureAwait(false);
        if (channel is not null && attempt.KeyIsGone)
        {
            Telemetry.CountRetry();
            _guests.Drop(channel);
            (channel, refusal) = await _guests.VerifyChannelAsync(cancellationToken).ConfigureAwait(false);
            attempt = channel is null ? SendAttempt.Refused(refusal!) : await _sender.SendAsync(channel, inner, cancellationToken).ConfigureAwait(false);
        }

        _guests.Notice(attempt.KeysetSha256);
        return Telemetry.Count(attempt.Result);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _guests.Dispose();
        _transport.Dispose();
    }
}
