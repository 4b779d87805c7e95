using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>A level of a platform's firmware and what Intel says about it.</summary>
internal sealed class TcbLevel
{
    private const int FirstOfSeparateModule = 2;
    private const int MostAdvisories = 512;

    private readonly byte[] _sgx;
    private readonly byte[] _tdx;

    public TcbLevel(IntelJson level)
    {
        IntelJson tcb = level.Child("tcb");
        _sgx = ReadComponents(tcb, "sgxtcbcomponents");
        _tdx = ReadComponents(tcb, "tdxtcbcomponents");
        PceSvn = tcb.Number("pcesvn", ushort.MaxValue);
        Status = ReadStatus(level, TdxTcbStatus.TDRelaunchAdvised, TdxTcbStatus.TDRelaunchAdvisedConfigurationNeeded);
        Date = level.Time("tcbDate");
        Advisories = level.Texts("advisoryIDs", MostAdvisories);
    }

    public int PceSvn { get; }

    public TdxTcbStatus Status { get; }

    public DateTimeOffset Date { get; }

    public IReadOnlyList<string> Advisories { get; }

    public ReadOnlySpan<byte> Tdx => _tdx;

    /// <summary>Returns whether the platform's certificate reaches the level.</summary>
    public bool IsReachedBy(PckExtension platform) => platform.PceSvn >= PceSvn && AreAtLeast(platform.Tcb, _sgx, 0);

    /// <summary>Returns whether the guest's TEE_TCB_SVN reaches the level. From version 1, the module is judged by its own identity, and its two numbers are left out.</summary>
    public bool IsReachedBy(ReadOnlySpan<byte> teeTcbSvn) => AreAtLeast(teeTcbSvn, _tdx, teeTcbSvn[1] > 0 ? FirstOfSeparateModule : 0);

    /// <summary>Reads a status: one of Intel's words, but none of those that do not stand at a level of this kind.</summary>
    internal static TdxTcbStatus ReadStatus(IntelJson level, params ReadOnlySpan<TdxTcbStatus> others)
    {
        string text = level.Text("tcbStatus");
        bool known = Enum.TryParse(text, out TdxTcbStatus status) && Enum.IsDefined(status) && status.ToString() == text && !others.Contains(status);
        if (!known)
        {
            level.Fail("tcbStatus", "one of Intel's words for a level of this kind");
        }

        return status;
    }

    private static bool AreAtLeast(ReadOnlySpan<byte> found, ReadOnlySpan<byte> least, int first)
    {
        for (int at = first; at < least.Length; at++)
        {
            if (found[at] < least[at])
            {
                return false;
            }
        }

        return true;
    }

    private static byte[] ReadComponents(IntelJson tcb, string name)
    {
        IReadOnlyList<int> numbers = tcb.List(name, PckExtension.Components, component => component.Number("svn", byte.MaxValue));
        if (numbers.Count != PckExtension.Components)
        {
            tcb.Fail(name, $"a list of {PckExtension.Components} components");
        }

        return tcb.IsSound ? [.. numbers.Select(number => (byte)number)] : new byte[PckExtension.Components];
    }
}
