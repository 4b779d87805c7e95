using ConfidentialOperator.Inference.Access;
using ConfidentialOperator.Protocol;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Inference.Channel;

/// <summary>The places for requests in flight, of all callers together.</summary>
internal sealed class RequestPlaces(IOptions<RuntimeOptions> options)
{
    private int _taken;

    /// <summary>Gets how many places are taken.</summary>
    public int Taken => Volatile.Read(ref _taken);

    /// <summary>Gets what is said when all places are taken.</summary>
    public static Refusal Full { get; } = new(RefusalReason.Overloaded, "All places are taken; try again in a moment.");

    /// <summary>Takes a place; null when all are taken.</summary>
    public CallerPlace? TryTake()
    {
        if (Interlocked.Increment(ref _taken) <= options.Value.MaxConcurrentRequests)
        {
            return new CallerPlace(() => Interlocked.Decrement(ref _taken));
        }

        Interlocked.Decrement(ref _taken);
        return null;
    }
}
