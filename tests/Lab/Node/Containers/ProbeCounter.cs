namespace ConfidentialOperator.Lab.Node.Containers;

/// <summary>Turns answers into a verdict: it changes only after so many answers of one kind in a row.</summary>
internal sealed class ProbeCounter(int successThreshold, int failureThreshold)
{
    private int _inRow;
    private bool _last;

    /// <summary>Counts an answer; true or false when the threshold of its kind is reached, null before.</summary>
    public bool? Count(bool success)
    {
        _inRow = success == _last ? _inRow + 1 : 1;
        _last = success;
        return _inRow >= (success ? successThreshold : failureThreshold) ? success : null;
    }
}
