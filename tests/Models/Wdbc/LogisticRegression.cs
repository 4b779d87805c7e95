namespace ConfidentialOperator.Models.Wdbc;

/// <summary>Logistic regression on standardised features, learnt by plain gradient descent: no random choice, same result each time.</summary>
internal sealed class LogisticRegression
{
    private const int Rounds = 2_000;
    private const double Rate = 0.5;
    private const double Decay = 0.003;

    private readonly double[] _weights = new double[WdbcTable.Features];
    private double _bias;

    private LogisticRegression(float[] mean, float[] deviation) => (Mean, Deviation) = (mean, deviation);

    /// <summary>Gets the mean of each feature.</summary>
    public float[] Mean { get; }

    /// <summary>Gets the standard deviation of each feature.</summary>
    public float[] Deviation { get; }

    /// <summary>Gets one weight for each feature.</summary>
    public float[] Weights => [.. _weights.Select(weight => (float)weight)];

    /// <summary>Gets the offset.</summary>
    public float Bias => (float)_bias;

    /// <summary>Learns from rows.</summary>
    public static LogisticRegression Learn(IReadOnlyList<WdbcRow> rows)
    {
        float[] mean = [.. Columns().Select(column => rows.Average(row => row.Features[column]))];
        float[] deviation = [.. Columns().Select(column => MathF.Sqrt(rows.Average(row => MathF.Pow(row.Features[column] - mean[column], 2))))];
        LogisticRegression regression = new(mean, deviation);
        double[][] inputs = [.. rows.Select(row => Columns().Select(column => (double)(row.Features[column] - mean[column]) / deviation[column]).ToArray())];
        for (int round = 0; round < Rounds; round++) regression.Step(rows, inputs);
        return regression;
    }

    private static IEnumerable<int> Columns() => Enumerable.Range(0, WdbcTable.Features);

    private void Step(IReadOnlyList<WdbcRow> rows, double[][] inputs)
    {
        double[] gradient = new double[_weights.Length];
        double offset = 0;
        for (int row = 0; row < inputs.Length; row++)
        {
            double score = _bias;
            for (int column = 0; column < _weights.Length; column++) score += _weights[column] * inputs[row][column];
            double error = (1 / (1 + Math.Exp(-score))) - (rows[row].Benign ? 1 : 0);
            offset += error;
            for (int column = 0; column < gradient.Length; column++) gradient[column] += error * inputs[row][column];
        }

        _bias -= Rate * offset / inputs.Length;
        for (int column = 0; column < gradient.Length; column++)
        {
            _weights[column] -= Rate * ((gradient[column] / inputs.Length) + (Decay * _weights[column]));
        }
    }
}
