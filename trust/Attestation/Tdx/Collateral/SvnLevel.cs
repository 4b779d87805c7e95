using ConfidentialOperator.Protocol.Evidence;

namespace ConfidentialOperator.Attestation.Tdx;

/// <summary>A level of an enclave or of a TDX module, by its one security version, and what Intel says about it.</summary>
internal sealed class SvnLevel
{
    private const int MostAdvisories = 512;

    private SvnLevel(IntelJson level, int greatest, TdxTcbStatus status)
    {
        Svn = level.Child("tcb").Number("isvsvn", greatest);
        Status = status;
        Date = level.Time("tcbDate");
        Advisories = level.Texts("advisoryIDs", MostAdvisories);
    }

    public int Svn { get; }

    public TdxTcbStatus Status { get; }

    public DateTimeOffset Date { get; }

    public IReadOnlyList<string> Advisories { get; }

    /// <summary>Reads a level of a TDX module, which is up to date, out of date or revoked.</summary>
    public static SvnLevel ReadOfModule(IntelJson level) => new(level, byte.MaxValue, TcbLevel.ReadStatus(level, TdxTcbStatus.SWHardeningNeeded,
        TdxTcbStatus.ConfigurationNeeded, TdxTcbStatus.ConfigurationAndSWHardeningNeeded, TdxTcbStatus.OutOfDateConfigurationNeeded,
        TdxTcbStatus.TDRelaunchAdvised, TdxTcbStatus.TDRelaunchAdvisedConfigurationNeeded));

    /// <summary>Reads a level of the quoting enclave.</summary>
    public static SvnLevel ReadOfEnclave(IntelJson level) => new(level, ushort.MaxValue,
        TcbLevel.ReadStatus(level, TdxTcbStatus.TDRelaunchAdvised, TdxTcbStatus.TDRelaunchAdvisedConfigurationNeeded));

    /// <summary>Returns the first level that a version reaches; null when it reaches none.</summary>
    public static SvnLevel? Find(IReadOnlyList<SvnLevel> levels, int svn)
    {
        foreach (SvnLevel level in levels)
        {
            if (level.Svn <= svn)
            {
                return level;
            }
        }

        return null;
    }
}
