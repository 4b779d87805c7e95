using System.Diagnostics;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Hosting;

/// <summary>Takes keys from the queue and makes passes, some at once, never two over one key.</summary>
internal sealed class ReconcileWorkers(
    WorkQueue queue, ConfidentialModelReconciler reconciler, IOptions<ControllerOptions> options, Telemetry telemetry, ILogger<ReconcileWorkers> logger)
{
    /// <summary>Works until <paramref name="noMore"/>; a pass that has begun may go on until <paramref name="atOnce"/>.</summary>
    public Task RunAsync(CancellationToken noMore, CancellationToken atOnce)
    {
        int count = options.Value.MaxConcurrentReconciles;
        telemetry.Workers(count);
        return Task.WhenAll(Enumerable.Range(0, count).Select(_ => Task.Run(() => WorkAsync(noMore, atOnce), CancellationToken.None)));
    }

    private async Task WorkAsync(CancellationToken noMore, CancellationToken atOnce)
    {
        while (!noMore.IsCancellationRequested)
        {
            ObjectKey key;
            try
            {
                key = await queue.TakeAsync(noMore).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            long start = Stopwatch.GetTimestamp();
            telemetry.PassBegins();
            PassResult result = PassResult.Panic;
            try
            {
                result = await PassAsync(key, atOnce).ConfigureAwait(false);
            }
            finally
            {
                telemetry.PassEnds(result, Stopwatch.GetElapsedTime(start));
                queue.Done(key);
            }
        }
    }

    private async Task<PassResult> PassAsync(ObjectKey key, CancellationToken atOnce)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(atOnce);
        limit.CancelAfter(options.Value.ReconcileTimeout);
        try
        {
            TimeSpan? again = await reconciler.ReconcileAsync(key, limit.Token).ConfigureAwait(false);
            queue.Forget(key);
            if (again is not { } delay)
            {
                return PassResult.Success;
            }

            queue.AddAfter(key, delay);
            return PassResult.RequeueAfter;
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            queue.AddRateLimited(key);
            return atOnce.IsCancellationRequested ? PassResult.Success : PassResult.Timeout;
        }
        catch (Exception exception) when (exception is ApiException or HttpRequestException or IOException or TimeoutException)
        {
            return Retry(key, exception);
        }
        catch (Exception exception)
        {
            // Whatever it is, it concerns one model; the worker and all other models go on.
            logger.PassBroken(key, exception);
            queue.AddRateLimited(key);
            return PassResult.Panic;
        }
    }

    private PassResult Retry(ObjectKey key, Exception exception)
    {
        ApiException? told = exception as ApiException;
        if (told?.RetryAfter is { } pause)
        {
            queue.AddAfter(key, pause);
        }
        else
        {
            queue.AddRateLimited(key);
        }

        // In a conflict somebody was faster: no fault, only another look.
        if (told?.Status == 409)
        {
            return PassResult.RequeueAfter;
        }

        logger.PassFailed(key, exception.Message);
        return PassResult.Error;
    }
}
