using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace ConfidentialOperator.Controller.Kubernetes;

/// <summary>
/// Writes events, in order and beside the passes, which never wait for them. The same event within ten minutes raises the count of the first,
/// and no object gets more than a burst of events at once. Events are news, not records: what cannot be written after some tries is dropped.
/// </summary>
internal sealed class EventRecorder(ApiClient api, string instance, Telemetry telemetry, ILogger logger, TimeProvider time)
{
    private const string Component = "confidential-operator";
    private const int Capacity = 1000;
    private const int Burst = 25;
    private const int Remembered = 4096;
    private const int Tries = 5;
    private const int LongestMessage = 1024;
    private static readonly TimeSpan s_sameEvent = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_refill = TimeSpan.FromMinutes(5);
    private static readonly Backoff s_retry = new(TimeSpan.FromMilliseconds(200), TimeSpan.FromSeconds(5));

    private readonly Channel<EventNote> _notes = Channel.CreateBounded<EventNote>(
        new BoundedChannelOptions(Capacity) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private readonly Dictionary<EventNote, Written> _written = [];
    private readonly Dictionary<string, Allowance> _allowances = [];
    private long _lastStamp;

    public void Record(EventNote note) => _notes.Writer.TryWrite(note);

    public void Complete() => _notes.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (EventNote note in _notes.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                await WriteAsync(note, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
        }
    }

    private async Task WriteAsync(EventNote note, CancellationToken cancellationToken)
    {
        Trim();
        Written? before = _written.GetValueOrDefault(note);
        if (!Allows(note.Uid))
        {
            telemetry.EventDropped();
            return;
        }

        for (int attempt = 1; attempt <= Tries; attempt++)
        {
            try
            {
                _written[note] = before is not null && time.GetElapsedTime(before.At) < s_sameEvent
                    ? await RepeatAsync(note, before, cancellationToken).ConfigureAwait(false)
                    : await CreateAsync(note, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (ApiException lasting) when (lasting.IsLasting)
            {
                break;
            }
            catch (ApiException gone) when (gone.Status == 404 && before is not null)
            {
                before = null;
            }
            catch (Exception exception) when (exception is ApiException or HttpRequestException or IOException or TimeoutException or JsonException)
            {
                await Task.Delay((exception as ApiException)?.RetryAfter ?? s_retry.After(attempt), time, cancellationToken).ConfigureAwait(false);
            }
        }

        telemetry.EventDropped();
        logger.EventDropped(note.Reason, note.Model);
    }

    private async Task<Written> CreateAsync(EventNote note, CancellationToken cancellationToken)
    {
        // The name grows with time, so a list by name is a list by time too.
        _lastStamp = Math.Max(_lastStamp + 1, time.GetUtcNow().UtcTicks);
        string name = string.Create(CultureInfo.InvariantCulture, $"{note.Model.Name}.{_lastStamp:x16}");
        string now = Timestamp();
        JsonObject item = new()
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = note.Model.Namespace },
            ["involvedObject"] = new JsonObject
            {
                ["apiVersion"] = ResourceType.ConfidentialModels.ApiVersion,
                ["kind"] = ResourceType.ConfidentialModels.Kind,
                ["name"] = note.Model.Name,
                ["namespace"] = note.Model.Namespace,
                ["uid"] = note.Uid,
            },
            ["type"] = note.Warning ? "Warning" : "Normal",
            ["reason"] = note.Reason.ToString(),
            ["message"] = note.Message.Length <= LongestMessage ? note.Message : note.Message[..LongestMessage],
            ["action"] = "Reconcile",
            ["count"] = 1,
            ["firstTimestamp"] = now,
            ["lastTimestamp"] = now,
            ["source"] = new JsonObject { ["component"] = Component },
            ["reportingComponent"] = Component,
            ["reportingInstance"] = instance,
        };
        await api.CreateAsync(ResourceType.Events, note.Model.Namespace, item, Component, cancellationToken).ConfigureAwait(false);
        return new Written(new ObjectKey(note.Model.Namespace, name), 1, time.GetTimestamp());
    }

    private async Task<Written> RepeatAsync(EventNote note, Written before, CancellationToken cancellationToken)
    {
        JsonObject change = new() { ["count"] = before.Count + 1, ["lastTimestamp"] = Timestamp() };
        await api.MergeAsync(ResourceType.Events, before.Key, change, Component, cancellationToken).ConfigureAwait(false);
        return before with { Count = before.Count + 1 };
    }

    private string Timestamp() => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private bool Allows(string uid)
    {
        long now = time.GetTimestamp();
        Allowance known = _allowances.GetValueOrDefault(uid, new Allowance(Burst, now));
        int refilled = (int)(time.GetElapsedTime(known.At, now) / s_refill);
        int left = Math.Min(Burst, known.Left + refilled);
        _allowances[uid] = new Allowance(Math.Max(0, left - 1), refilled > 0 ? now : known.At);
        return left > 0;
    }

    private void Trim()
    {
        if (_written.Count > Remembered || _allowances.Count > Remembered)
        {
            _written.Clear();
            _allowances.Clear();
        }
    }

    private sealed record Written(ObjectKey Key, int Count, long At);

    private readonly record struct Allowance(int Left, long At);
}
