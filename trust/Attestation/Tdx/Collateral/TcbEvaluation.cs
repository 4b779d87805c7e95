using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>
/// Intel's judgement of a platform and its guest, as Intel's quote verification library makes it (appraisal of the TCB, 4.1.2.4.17): the platform's level by
/// SGX components, PCESVN and TDX components, then the TDX module's and the quoting enclave's, which can only make it worse, and in TDX 1.5 whether launching
/// the guest again would mend it. What fits no level is null: it is not supported, which is worse than out of date.
/// </summary>
internal sealed class TcbEvaluation
{
    private const int ModuleVersionAt = 1;
    private const int MicrocodeAt = 2;

    public TcbEvaluation(TcbInfo info, EnclaveIdentity? identity, PckExtension platform, TdReport report, QeReport qe)
    {
        (SgxLevel, PlatformLevel) = FindLevels(info, platform, report.Svn);
        byte version = report.Svn[ModuleVersionAt];
        Module = version == 0 ? info.Module : info.FindModule(version);
        IsModuleExpected = Module?.IsOf(report) is true;
        HasOwnLevels = version > 0;
        ModuleLevel = HasOwnLevels && Module is not null ? SvnLevel.Find(Module.Levels, report.Svn[0]) : null;
        QeLevel = identity is null ? null : SvnLevel.Find(identity.Levels, qe.Svn);
        Status = Converge(info, report);
    }

    /// <summary>Gets the level that the platform reaches by its SGX components alone.</summary>
    public TcbLevel? SgxLevel { get; }

    /// <summary>Gets the level that platform and guest reach.</summary>
    public TcbLevel? PlatformLevel { get; }

    /// <summary>Gets what the TDX module must be; null when Intel says nothing about a module of its version.</summary>
    public ModuleIdentity? Module { get; }

    /// <summary>Gets whether the TDX module is signed as Intel says and has the attributes that Intel says.</summary>
    public bool IsModuleExpected { get; }

    /// <summary>Gets whether the TDX module is of a version that is judged by levels of its own.</summary>
    public bool HasOwnLevels { get; }

    public SvnLevel? ModuleLevel { get; }

    public SvnLevel? QeLevel { get; }

    /// <summary>Gets the one word for all of it; null when it is not supported.</summary>
    public TdxTcbStatus? Status { get; }

    /// <summary>Gets the date of the oldest level that was reached.</summary>
    public DateTimeOffset? Date => Status is null ? null
        : new[] { PlatformLevel?.Date, ModuleLevel?.Date, QeLevel?.Date }.Min();

    /// <summary>Gets the security advisories of all levels that were reached.</summary>
    public IReadOnlyList<string> Advisories
    {
        get
        {
            IReadOnlyList<string>[] all = [PlatformLevel?.Advisories ?? [], ModuleLevel?.Advisories ?? [], QeLevel?.Advisories ?? []];
            return Array.TrueForAll(all, some => some.Count == 0) ? [] : [.. all.SelectMany(some => some).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        }
    }

    /// <summary>Gets whether the module that the platform runs now is one that Intel knows; only asked when a relaunch may help.</summary>
    public bool IsRunningModuleKnown { get; private set; } = true;

    private static (TcbLevel? Sgx, TcbLevel? Platform) FindLevels(TcbInfo info, PckExtension platform, ReadOnlySpan<byte> teeTcbSvn)
    {
        TcbLevel? sgx = null;
        foreach (TcbLevel level in info.Levels)
        {
            if (level.IsReachedBy(platform))
            {
                sgx ??= level;
                if (level.IsReachedBy(teeTcbSvn))
                {
                    return (sgx, level);
                }
            }
        }

        return (sgx, null);
    }

    private TdxTcbStatus? Converge(TcbInfo info, TdReport report)
    {
        if (PlatformLevel is null || SgxLevel is null || QeLevel is null || !IsModuleExpected || (HasOwnLevels && ModuleLevel is null))
        {
            return null;
        }

        TdxTcbStatus status = Worsen(PlatformLevel.Status, ModuleLevel?.Status);
        if (status == TdxTcbStatus.Revoked)
        {
            return status;
        }

        if (MayRelaunchHelp(report, status))
        {
            status = ConsiderRelaunch(info, report.Svn2, status);
        }

        return IsRunningModuleKnown ? Worsen(status, QeLevel.Status) : null;
    }

    /// <summary>What a part says can only make the whole worse.</summary>
    private static TdxTcbStatus Worsen(TdxTcbStatus whole, TdxTcbStatus? part) => part switch
    {
        null or TdxTcbStatus.UpToDate => whole,
        TdxTcbStatus.Revoked => TdxTcbStatus.Revoked,
        _ => whole switch
        {
            TdxTcbStatus.UpToDate or TdxTcbStatus.SWHardeningNeeded => TdxTcbStatus.OutOfDate,
            TdxTcbStatus.ConfigurationNeeded or TdxTcbStatus.ConfigurationAndSWHardeningNeeded => TdxTcbStatus.OutOfDateConfigurationNeeded,
            _ => whole,
        },
    };

    /// <summary>Whether the guest was launched on an old TDX module, and nothing else is out of date.</summary>
    private bool MayRelaunchHelp(TdReport report, TdxTcbStatus status) =>
        report.Is15 && QeLevel!.Status == TdxTcbStatus.UpToDate && ModuleLevel?.Status == TdxTcbStatus.OutOfDate
        && SgxLevel!.Status is not (TdxTcbStatus.OutOfDate or TdxTcbStatus.OutOfDateConfigurationNeeded or TdxTcbStatus.Revoked)
        && status is (TdxTcbStatus.OutOfDate or TdxTcbStatus.OutOfDateConfigurationNeeded);

    /// <summary>It helps when the platform runs the newest module now, which must not itself be out of date, with the newest microcode.</summary>
    private TdxTcbStatus ConsiderRelaunch(TcbInfo info, ReadOnlySpan<byte> now, TdxTcbStatus status)
    {
        ReadOnlySpan<byte> newest = info.Levels[0].Tdx;
        byte version = now[ModuleVersionAt];
        SvnLevel? latest = version == 0 ? null : info.FindModule(version)?.Levels is [{ } first, ..] ? first : null;
        IsRunningModuleKnown = version == 0 || latest is not null;
        bool isNewest = version == 0 ? now[0] >= newest[0] : latest is { Status: TdxTcbStatus.UpToDate } && now[0] >= latest.Svn;
        return isNewest && now[MicrocodeAt] >= newest[MicrocodeAt] ? Relaunch(status) : status;
    }

    private TdxTcbStatus Relaunch(TdxTcbStatus status) =>
        status == TdxTcbStatus.OutOfDateConfigurationNeeded || SgxLevel!.Status is TdxTcbStatus.ConfigurationNeeded or TdxTcbStatus.ConfigurationAndSWHardeningNeeded
            ? TdxTcbStatus.TDRelaunchAdvisedConfigurationNeeded : TdxTcbStatus.TDRelaunchAdvised;
}
