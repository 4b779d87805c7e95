using System.Globalization;

namespace ConfidentialOperator.Models.Wdbc;

/// <summary>The Wisconsin diagnostic breast cancer table as scikit-learn ships it: a head line, then 30 numbers and a class.</summary>
internal sealed record WdbcTable(IReadOnlyList<WdbcRow> Rows)
{
    /// <summary>The number of features.</summary>
    public const int Features = 30;

    private const int HeldOutEvery = 4;

    /// <summary>Gets the rows to learn from.</summary>
    public IEnumerable<WdbcRow> Training => Rows.Where((_, index) => !IsHeldOut(index));

    /// <summary>Reads the lines of the file.</summary>
    public static WdbcTable Read(IEnumerable<string> lines) => new([.. lines.Skip(1).Where(line => line.Length > 0).Select(Row)]);

    /// <summary>Tells whether the row at this place is kept away from learning: every fourth is.</summary>
    public static bool IsHeldOut(int index) => index % HeldOutEvery == 0;

    private static WdbcRow Row(string line)
    {
        string[] cells = line.Split(',');
        return cells.Length == Features + 1
            ? new WdbcRow([.. cells[..Features].Select(cell => float.Parse(cell, CultureInfo.InvariantCulture))], cells[Features] == "1")
            : throw new InvalidDataException($"A line has {cells.Length} cells.");
    }
}
