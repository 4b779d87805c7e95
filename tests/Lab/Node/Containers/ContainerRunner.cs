using ConfidentialOperator.Lab.Node.Processes;

namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Keeps one container of a pod running: starts it, probes it, restarts it with back-off, and ends it in order.</summary>
internal sealed class ContainerRunner : IDisposable
{
    private static readonly TimeSpan s_memoryPeriod = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly BackOff _restarts;
    private readonly ContainerSettings _settings;
    private readonly Func<ContainerPlan> _prepare;
    private readonly IContainerObserver _observer;
    private TimeSpan _grace;

    public ContainerRunner(ContainerSettings settings, Func<ContainerPlan> prepare, IContainerObserver observer)
    {
        _settings = settings;
        _prepare = prepare;
        _observer = observer;
        _grace = settings.Grace;
        _restarts = new BackOff(settings.FirstBackOff, settings.LongestBackOff);
    }

    public ContainerState State { get; private set; } = ContainerState.Creating;

    public string Name => _settings.Name;

    /// <summary>Asks the container to end; <see cref="RunAsync"/> returns when it has.</summary>
    public void Stop(TimeSpan grace)
    {
        _grace = grace;
        _stopping.Cancel();
    }

    public void Dispose() => _stopping.Dispose();

    public async Task RunAsync()
    {
        BackOff pulls = new(_settings.FirstBackOff, _settings.LongestBackOff);
        while (!_stopping.IsCancellationRequested)
        {
            ContainerPlan plan = _prepare();
            if (plan.Order is null) Refuse(plan.Waiting, plan.Message);
            if (plan.Order is null || await StartAsync(plan) is not { } process)
            {
                await WaitAsync(pulls.After(TimeSpan.Zero) + _settings.FirstBackOff);
                continue;
            }

            await using (process) await SuperviseAsync(process, plan);
            if (State.Finished || _stopping.IsCancellationRequested) break;
            TimeSpan pause = _restarts.After(State.Last!.Until - State.Last.From);
            if (pause > TimeSpan.Zero)
            {
                string message = $"back-off {pause.TotalSeconds:0}s restarting failed container={Name}";
                Set(State with { Waiting = "CrashLoopBackOff", Message = message });
                _observer.Warning("BackOff", $"Back-off restarting failed container {Name}");
                await WaitAsync(pause);
            }

            State = State with { Restarts = State.Restarts + 1 };
        }
    }

    private Task WaitAsync(TimeSpan pause) => Task.Delay(pause, _settings.Time, _stopping.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    private async Task<RunningProcess?> StartAsync(ContainerPlan plan)
    {
        _observer.Normal("Created", $"Created container: {Name}");
        try
        {
            RunningProcess process = await RunningProcess.StartAsync(plan.Order!);
            _observer.Normal("Started", $"Started container {Name}");
            bool started = plan.Startup is null;
            Set(State with
            {
                Waiting = "",
                Message = "",
                RunningSince = _settings.Time.GetUtcNow(),
                ProcessId = process.Id,
                Started = started,
                Ready = started && plan.Readiness is null,
                ImageId = plan.ImageId,
            });
            return process;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or IOException)
        {
            Refuse("RunContainerError", exception.Message);
            return null;
        }
    }

    private async Task SuperviseAsync(RunningProcess process, ContainerPlan plan)
    {
        using CancellationTokenSource ended = new();
        bool outOfMemory = false;
        Task watches = Task.WhenAll(ProbeAsync(process, plan, ended.Token), WatchMemoryAsync(process, plan, () => outOfMemory = true, ended.Token));
        using CancellationTokenRegistration stop = _stopping.Token.Register(() => _ = process.StopAsync(_grace));
        await process.ExitAsync(CancellationToken.None);
        await ended.CancelAsync();
        await watches.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        int code = process.ExitCode;
        string reason = outOfMemory ? "OOMKilled" : code == 0 ? "Completed" : "Error";
        if (outOfMemory) _observer.Warning("OOMKilling", $"Memory limit of container {Name} reached; the process was killed");
        bool again = _settings.RestartPolicy switch { "Never" => false, "OnFailure" => code != 0, _ => true };
        Set(State with
        {
            RunningSince = null,
            ProcessId = 0,
            Started = false,
            Ready = false,
            Finished = !again || _stopping.IsCancellationRequested,
            Last = new Ending(code, reason, State.RunningSince!.Value, _settings.Time.GetUtcNow()),
        });
    }

    private async Task ProbeAsync(RunningProcess process, ContainerPlan plan, CancellationToken ended)
    {
        if (plan.Startup is not null)
        {
            bool alive = false;
            await Prober.RunAsync(plan.Startup, (success, _) => Decide(alive = success), Unhealthy, ended);
            if (!alive)
            {
                await RestartAsync(process, "startup");
                return;
            }

            Set(State with { Started = true, Ready = plan.Readiness is null });
        }

        await Task.WhenAll(ReadinessAsync(plan, ended), LivenessAsync(process, plan, ended));

        static bool Decide(bool _) => false;
    }

    private Task ReadinessAsync(ContainerPlan plan, CancellationToken ended) => plan.Readiness is null ? Task.CompletedTask
        : Prober.RunAsync(plan.Readiness, (ready, _) => SetReady(ready), Unhealthy, ended);

    private async Task LivenessAsync(RunningProcess process, ContainerPlan plan, CancellationToken ended)
    {
        if (plan.Liveness is null) return;
        await Prober.RunAsync(plan.Liveness, (alive, _) => alive, Unhealthy, ended);
        await RestartAsync(process, "liveness");
    }

    private async Task RestartAsync(RunningProcess process, string probe)
    {
        _observer.Normal("Killing", $"Container {Name} failed {probe} probe, will be restarted");
        await process.StopAsync(_grace);
    }

    private bool SetReady(bool ready)
    {
        if (State.Ready != ready) Set(State with { Ready = ready });
        return true;
    }

    private void Unhealthy(string message) => _observer.Warning("Unhealthy", message);

    private static async Task WatchMemoryAsync(RunningProcess process, ContainerPlan plan, Action exceeded, CancellationToken ended)
    {
        if (plan.MemoryLimit is not { } limit) return;
        using PeriodicTimer timer = new(s_memoryPeriod);
        while (await timer.WaitForNextTickAsync(ended))
        {
            if (ProcessStat.PrivateBytes(process.Id) <= limit) continue;
            exceeded();
            process.Kill();
            return;
        }
    }

    private void Refuse(string reason, string message)
    {
        Set(State with { Waiting = reason, Message = message });
        _observer.Warning("Failed", $"Error: {message}");
    }

    private void Set(ContainerState state)
    {
        State = state;
        _observer.Changed();
    }
}
