using System.Collections.Concurrent;
using System.Security.Cryptography;
using ConfidentialOperator.Controller.Kubernetes;
using ConfidentialOperator.Controller.Reconciling;
using ConfidentialOperator.Protocol;
using ConfidentialOperator.Protocol.Contracts;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Controller.Broker;

/// <summary>
/// Looks at brokers and pods beside the passes, as informers look at the API server: often while a model is not ready, seldom afterwards. A
/// pass reads the newest observation and never waits, except for the first one of a model.
/// </summary>
internal sealed class Observer(
    BrokerClient broker, SidecarClient sidecars, IOptions<ControllerOptions> options, ILogger<Observer> logger, TimeProvider time) : IAsyncDisposable
{
    private const int AtOnce = 64;
    private const int ToleratedFailures = 1;
    private const int RoundsBeforeSlowing = 30;
    private readonly ConcurrentDictionary<ObjectKey, Subject> _subjects = new();
    private readonly SemaphoreSlim _places = new(AtOnce);

    /// <summary>Tells that another observation of a model is to be judged differently.</summary>
    public event Action<ObjectKey>? Changed;

    /// <summary>Gets the newest observation of a model at a broker; when there is none yet, asks the broker once.</summary>
    public async Task<Observation> ReadAsync(ObjectKey key, BrokerTarget target, CancellationToken cancellationToken)
    {
        if (_subjects.TryGetValue(key, out Subject? known) && known.Target == target)
        {
            return known.Newest;
        }

        BrokerReading reading = await broker.ReadAsync(target, cancellationToken).ConfigureAwait(false);
        return Begin(key, target, new Observation(reading, new Dictionary<string, SidecarStatus>())).Newest;
    }

    /// <summary>Gets what became of the last envelope.</summary>
    public PolicyDelivery? Delivery(ObjectKey key) => _subjects.GetValueOrDefault(key)?.Delivery;

    /// <summary>Brings an envelope to the broker and looks at once what it made of it.</summary>
    public async Task<Refusal?> DeliverAsync(ObjectKey key, BrokerTarget target, PolicyEnvelope envelope, CancellationToken cancellationToken)
    {
        Refusal? refusal = await broker.PutPolicyAsync(target, envelope.Bytes, cancellationToken).ConfigureAwait(false);
        if (!_subjects.TryGetValue(key, out Subject? subject))
        {
            return refusal;
        }

        BrokerReading put = new(subject.Newest.Broker.Statement, refusal);
        if (put.IsUnavailable)
        {
            subject.Newest = subject.Newest with { Broker = put };
            return refusal;
        }

        subject.Delivery = new PolicyDelivery(envelope.PayloadSha256, refusal, time.GetUtcNow());
        BrokerReading reading = await broker.ReadAsync(target, cancellationToken).ConfigureAwait(false);
        subject.Newest = subject.Newest with { Broker = reading };
        Changed?.Invoke(key);
        return refusal;
    }

    public Task<Refusal?> RevokeAsync(BrokerTarget target, CancellationToken cancellationToken) => broker.RevokeAsync(target, cancellationToken);

    /// <summary>Says which pods are of interest and how often.</summary>
    public void Follow(ObjectKey key, IReadOnlyList<ObservedPod> pods, bool steady)
    {
        if (!_subjects.TryGetValue(key, out Subject? subject))
        {
            return;
        }

        (string Uid, string Address)[] asked = [.. pods.Where(pod => !pod.IsLeaving && !pod.IsReady && pod.Address.Length > 0).Select(pod => (pod.Uid, pod.Address))];
        HashSet<string> present = [.. pods.Select(pod => $"{pod.Uid} {pod.IsReady} {pod.IsLeaving}")];
        bool sooner = (subject.Steady && !steady) || !subject.Present.SetEquals(present);
        (subject.Pods, subject.Present, subject.Steady) = (asked, present, steady);
        if (sooner)
        {
            subject.Unchanged = 0;
            subject.Hurry();
        }
    }

    /// <summary>Ends the observation of a model that is gone.</summary>
    public void Forget(ObjectKey key)
    {
        if (_subjects.TryRemove(key, out Subject? subject))
        {
            subject.Stop.Cancel();
        }
    }

    public async ValueTask DisposeAsync()
    {
        Subject[] subjects = [.. _subjects.Values];
        foreach (ObjectKey key in _subjects.Keys)
        {
            Forget(key);
        }

        await Task.WhenAll(subjects.Select(subject => subject.Loop)).ConfigureAwait(false);
        _places.Dispose();
    }

    private Subject Begin(ObjectKey key, BrokerTarget target, Observation first)
    {
        Forget(key);
        Subject subject = new(target, first);
        _subjects[key] = subject;
        subject.Loop = Task.Run(() => RunAsync(key, subject, subject.Stop.Token), CancellationToken.None);
        return subject;
    }

    private async Task RunAsync(ObjectKey key, Subject subject, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                TimeSpan interval = Interval(subject);
                await subject.Wake.WaitAsync(interval * (0.9 + (RandomNumberGenerator.GetInt32(200) / 1000.0)), cancellationToken).ConfigureAwait(false);
                await _places.WaitAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    await LookAsync(key, subject, cancellationToken).ConfigureAwait(false);
                }
                finally
                {
                    _places.Release();
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception)
            {
                logger.ObservationBroken(key, exception);
            }
        }
    }

    // A model that does not move for long is looked at less and less, so that many of them do not wear the broker out.
    private TimeSpan Interval(Subject subject)
    {
        TimeSpan steady = options.Value.SteadyInterval;
        TimeSpan slowed = options.Value.ProgressInterval * Math.Pow(2, Math.Min(20, subject.Unchanged / RoundsBeforeSlowing));
        return subject.Steady || subject.Newest.Broker.Refusal?.Reason == RefusalReason.RateLimited || slowed > steady ? steady : slowed;
    }

    private async Task LookAsync(ObjectKey key, Subject subject, CancellationToken cancellationToken)
    {
        Observation before = subject.Newest;
        Task<BrokerReading> asked = broker.ReadAsync(subject.Target, cancellationToken);
        Dictionary<string, SidecarStatus> statuses = new(StringComparer.Ordinal);
        foreach ((string uid, Task<SidecarStatus?> status) in subject.Pods
            .Select(pod => (pod.Uid, sidecars.ReadAsync(pod.Address, cancellationToken))).ToList())
        {
            if (await status.ConfigureAwait(false) is { } known)
            {
                statuses[uid] = known;
            }
        }

        BrokerReading reading = await asked.ConfigureAwait(false);
        subject.Failures = reading.IsUnavailable ? subject.Failures + 1 : 0;
        if (reading.IsUnavailable && before.Broker.Statement is { } statement)
        {
            // One lost answer is no outage; and what the broker said before it went is still the best that is known.
            reading = subject.Failures <= ToleratedFailures ? before.Broker : reading with { Statement = statement };
        }

        // A delivery that happened meanwhile has looked later than this.
        Observation now = new(ReferenceEquals(subject.Newest, before) ? reading : subject.Newest.Broker, statuses);
        subject.Newest = now;
        if (now.Equals(before))
        {
            subject.Unchanged++;
        }
        else
        {
            subject.Unchanged = 0;
            Changed?.Invoke(key);
        }
    }

    private sealed class Subject(BrokerTarget target, Observation first)
    {
        public BrokerTarget Target { get; } = target;

        public CancellationTokenSource Stop { get; } = new();

        public SemaphoreSlim Wake { get; } = new(0, 1);

        public Task Loop { get; set; } = Task.CompletedTask;

        public volatile Observation Newest = first;

        public volatile PolicyDelivery? Delivery;

        public (string Uid, string Address)[] Pods { get; set; } = [];

        public HashSet<string> Present { get; set; } = [];

        public bool Steady { get; set; }

        public int Failures { get; set; }

        /// <summary>Gets or sets how many times in a row nothing was new.</summary>
        public int Unchanged { get; set; }

        public void Hurry()
        {
            lock (Wake)
            {
                if (Wake.CurrentCount == 0)
                {
                    Wake.Release();
                }
            }
        }
    }
}
