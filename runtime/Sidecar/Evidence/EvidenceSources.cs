using ConfidentialOperator.Protocol;
using Microsoft.Extensions.Options;

namespace ConfidentialOperator.Sidecar.Evidence;

/// <summary>The sources in their order: the first that gives evidence counts. The hardware answers one question at a time.</summary>
internal sealed class EvidenceSources(IReadOnlyList<IEvidenceSource> sources, Telemetry telemetry, TimeProvider time, ILogger<EvidenceSources> logger) : IDisposable
{
    private readonly SemaphoreSlim _turn = new(1);
    private string _used = "";

    public static EvidenceSources Create(IServiceProvider services)
    {
        SidecarOptions options = services.GetRequiredService<IOptions<SidecarOptions>>().Value;
        IEvidenceSource[] all =
        [
            new GuestApiSource(new Uri(options.Evidence.GuestApiUrl), options.TeeKind, options.Evidence.Timeout),
            new TsmReportSource(options.Evidence.TsmPath),
            new SevGuestDevice(options.Evidence.SevGuestPath),
        ];
        string wanted = options.Evidence.Source;
        return new EvidenceSources([.. all.Where(source => wanted == "auto" || source.Name == wanted)], services.GetRequiredService<Telemetry>(),
            services.GetRequiredService<TimeProvider>(), services.GetRequiredService<ILogger<EvidenceSources>>());
    }

    public async Task<EvidenceOutcome> GetAsync(ByteString reportData, CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var faults = new List<string>();
            foreach (IEvidenceSource source in sources)
            {
                long start = time.GetTimestamp();
                EvidenceOutcome outcome = await source.GetAsync(reportData, cancellationToken).ConfigureAwait(false);
                if (outcome.Refusal is null)
                {
                    Accept(source, time.GetElapsedTime(start));
                    return outcome;
                }

                faults.Add(outcome.Refusal.Message);
            }

            telemetry.EvidenceUnavailable();
            return EvidenceOutcome.Unavailable($"No evidence could be had from this guest: {string.Join(' ', faults)}");
        }
        finally
        {
            _turn.Release();
        }
    }

    public void Dispose()
    {
        _turn.Dispose();
        foreach (IDisposable source in sources.OfType<IDisposable>())
        {
            source.Dispose();
        }
    }

    private void Accept(IEvidenceSource source, TimeSpan elapsed)
    {
        telemetry.Evidence(source.Name, elapsed);
        if (_used != source.Name)
        {
            _used = source.Name;
            logger.EvidenceSource(source.Name);
        }
    }
}
