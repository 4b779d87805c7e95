namespace ConfidentialOperator.Models.Wdbc;

/// <summary>One patient: 30 measured values, and whether the tumour was benign.</summary>
internal sealed record WdbcRow(float[] Features, bool Benign);
