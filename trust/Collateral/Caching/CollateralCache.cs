using System.Collections.Concurrent;
using ConfidentialOperator.Attestation.Collaterals;
using ConfidentialOperator.Protocol;

namespace ConfidentialOperator.CollateralSupply.Caching;

/// <summary>
/// Remembers answers on the disk. One is used while it is younger than its kind's limit and has not reached its own end; otherwise the source is asked, and only
/// when that gives nothing an answer past its end, but within the limit, is used still: the verifier sees its end and judges it. Askers of the same
/// thing at the same time share one question, and one that got no answer is not asked again for a short time.
/// </summary>
public sealed class CollateralCache : ICollateralSource
{
    private readonly ICollateralSource _source;
    private readonly CacheFolder _folder;
    private readonly RefusalMemory _refusals;
    private readonly CacheOptions _options;
    private readonly TimeProvider _time;
    private readonly ICollateralObserver _observer;
    private readonly ConcurrentDictionary<string, Lazy<Task<Outcome<CollateralAnswer>>>> _flights = new(StringComparer.Ordinal);

    /// <summary>Makes a cache in a folder, which is made if it does not exist.</summary>
    public CollateralCache(ICollateralSource source, string folder, CacheOptions options, TimeProvider time, ICollateralObserver observer)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_source, _options, _time, _observer) = (source, options, time, observer);
        _refusals = new RefusalMemory(options.RefusalAge, options.MostRefusals, time);
        _folder = new CacheFolder(folder, options.MostBytes, observer);
    }

    /// <inheritdoc/>
    public async Task<Outcome<CollateralAnswer>> GetAsync(CollateralRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (!request.IsCacheable)
        {
            return await _source.GetAsync(request, cancellationToken).ConfigureAwait(false);
        }

        // The question belongs to everybody who waits for it: one of them giving up must not end it.
        Lazy<Task<Outcome<CollateralAnswer>>> flight = _flights.GetOrAdd(request.Name, name => new(() => AnswerAsync(request, name)));
        return await flight.Value.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task<Outcome<CollateralAnswer>> AnswerAsync(CollateralRequest request, string name)
    {
        try
        {
            // Leave the asker's thread first, so that a flight is in the table before it can end.
            await Task.Yield();
            return await AnswerAsync(request).ConfigureAwait(false);
        }
        finally
        {
            _flights.TryRemove(name, out _);
        }
    }

    private async Task<Outcome<CollateralAnswer>> AnswerAsync(CollateralRequest request)
    {
        CollateralAnswer? known = _folder.Read(request) is { } read && IsWithinAge(read) ? read : null;
        if (known is not null && !HasEnded(known))
        {
            _observer.Cached(request.Service, CacheUse.Hit);
            return known;
        }

        Outcome<CollateralAnswer> fetched = await AskAsync(request).ConfigureAwait(false);

        bool isStale = !fetched.Accepted && known is not null;
        _observer.Cached(request.Service, isStale ? CacheUse.Stale : CacheUse.Miss);
        return isStale ? known! : fetched;
    }

    private async Task<Outcome<CollateralAnswer>> AskAsync(CollateralRequest request)
    {
        if (_refusals.Find(request.Name) is { } refusal)
        {
            return refusal;
        }

        Outcome<CollateralAnswer> fetched = await _source.GetAsync(request, CancellationToken.None).ConfigureAwait(false);
        if (fetched.Accepted)
        {
            _folder.Write(request, fetched.Value);
        }
        else
        {
            _refusals.Add(request.Name, fetched.Refusal);
        }

        return fetched;
    }

    /// <summary>A time of fetching in the future is a clock that was set back, or damage: the age is unknown.</summary>
    private bool IsWithinAge(CollateralAnswer answer)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return answer.Items.All(item => item.FetchedAt <= now.AddMinutes(5) && now - item.FetchedAt <= _options.LimitOf(item.Kind));
    }

    private bool HasEnded(CollateralAnswer answer)
    {
        DateTimeOffset now = _time.GetUtcNow();
        return answer.Items.Any(item => CollateralFacts.Read(item.ToCollateral())?.Until < now);
    }
}
