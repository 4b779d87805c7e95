using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Fetching;

/// <summary>
/// Asks the vendors' services. Answers are limited in size and time and must look like what was asked for; whether they are genuine is for the verifier. Each
/// host is asked one thing at a time, an overloaded one is left alone for as long as it says, and one that failed again and again for a while.
/// </summary>
public sealed class CollateralFetcher : ICollateralSource, IDisposable
{
    private readonly HttpClient _http;
    private readonly CollateralEndpoints _endpoints;
    private readonly FetchLimits _limits;
    private readonly TimeProvider _time;
    private readonly ICollateralObserver _observer;
    private readonly ConcurrentDictionary<string, HostGate> _gates = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Makes a fetcher; throws for an address that <see cref="CollateralEndpoints.Check()"/> refuses.</summary>
    /// <param name="http">The connections; their handler must not follow redirects (<see cref="CreateHandler"/>).</param>
    /// <param name="endpoints">Where the services are.</param>
    /// <param name="limits">How long and how often they are asked.</param>
    /// <param name="time">The clock of waits and of times of fetching.</param>
    /// <param name="observer">Hears what happens.</param>
    public CollateralFetcher(HttpClient http, CollateralEndpoints endpoints, FetchLimits limits, TimeProvider time, ICollateralObserver observer)
    {
        ArgumentNullException.ThrowIfNull(http);
        ArgumentNullException.ThrowIfNull(endpoints);
        if (endpoints.Check() is { } refusal)
        {
            throw new ArgumentException(refusal.Message, nameof(endpoints));
        }

        (_http, _endpoints, _limits, _time, _observer) = (http, endpoints, limits, time, observer);
    }

    /// <summary>Returns a handler that follows no redirect, keeps no cookie and unpacks nothing: an answer is the bytes that the named host sent.</summary>
    public static SocketsHttpHandler CreateHandler() => new()
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        AutomaticDecompression = DecompressionMethods.None,
        ConnectTimeout = TimeSpan.FromSeconds(10),
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        MaxResponseHeadersLength = 64,
    };

    /// <inheritdoc/>
    public async Task<Outcome<CollateralAnswer>> GetAsync(CollateralRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        long start = _time.GetTimestamp();
        Outcome<CollateralAnswer> outcome = await AskAsync(request, cancellationToken).ConfigureAwait(false);
        _observer.Fetched(request.Service, outcome.Refusal, _time.GetElapsedTime(start));
        return outcome;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (HostGate gate in _gates.Values)
        {
            gate.Dispose();
        }
    }

    private async Task<Outcome<CollateralAnswer>> AskAsync(CollateralRequest request, CancellationToken cancellationToken)
    {
        Uri address = _endpoints.At(request);
        HostGate gate = _gates.GetOrAdd(address.Authority, _ => new HostGate(_time));
        for (int number = 1; ; number++)
        {
            await gate.EnterAsync(cancellationToken).ConfigureAwait(false);
            try
            {
                Attempt attempt = await TakeTurnAsync(request, address, gate, number, cancellationToken).ConfigureAwait(false);
                if (!attempt.MayRetry || number >= _limits.Attempts || gate.Wait > _limits.LongestWait)
                {
                    return attempt.Outcome;
                }
            }
            finally
            {
                gate.Leave();
            }
        }
    }

    private async Task<Attempt> TakeTurnAsync(CollateralRequest request, Uri address, HostGate gate, int number, CancellationToken cancellationToken)
    {
        if (gate.Down is { } failure)
        {
            return new(failure);
        }

        if (gate.Wait is { } wait && wait > _limits.LongestWait)
        {
            return new(new Refusal(RefusalReason.RateLimited, $"{request.Service} asked to be left alone for another {wait.TotalSeconds:0} seconds; try again then, or use a bundle."));
        }

        if (wait > TimeSpan.Zero)
        {
            await Task.Delay(wait, _time, cancellationToken).ConfigureAwait(false);
        }

        Attempt attempt = await SendAsync(request, address, cancellationToken).ConfigureAwait(false);
        if (attempt.MayRetry)
        {
            gate.Rest(attempt.RetryAfter ?? Doubled(number));
            gate.Fail(attempt.Outcome.Refusal!, _limits.Attempts, _limits.Pause);
        }
        else
        {
            gate.Succeed();
        }

        return attempt;
    }

    /// <summary>Twice as long after each attempt, and a little more by chance, so that many askers do not come back together.</summary>
    private TimeSpan Doubled(int number)
    {
        TimeSpan wait = _limits.FirstWait * Math.Pow(2, Math.Min(number - 1, 16));
        return (wait < _limits.LongestWait ? wait : _limits.LongestWait / 2) * (1 + (RandomNumberGenerator.GetInt32(250) / 1000.0));
    }

    private async Task<Attempt> SendAsync(CollateralRequest request, Uri address, CancellationToken cancellationToken)
    {
        // A network's deadline is real time, whatever clock the rest has.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(_limits.Attempt);
        try
        {
            using HttpRequestMessage message = AnswerReader.Message(request, address);
            using HttpResponseMessage response = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline.Token).ConfigureAwait(false);
            return await AnswerReader.ReadAsync(request, response, address, _time.GetUtcNow(), deadline.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable(request, $"did not answer within {_limits.Attempt.TotalSeconds:0.#} seconds");
        }
        catch (HttpRequestException exception)
        {
            return Unavailable(request, $"cannot be reached ({exception.HttpRequestError})");
        }
        catch (IOException)
        {
            return Unavailable(request, "ended its answer before its end");
        }
    }

    private static Attempt Unavailable(CollateralRequest request, string why) =>
        new(new Refusal(RefusalReason.CollateralUnavailable, $"{request.Service} {why}."), MayRetry: true);
}
