namespace ConfidentialOperator.Fuzz;

/// <summary>The targets of one part of the product. Every implementation of this assembly is found by itself.</summary>
internal interface ITargetSource
{
    /// <summary>Returns the targets.</summary>
    /// <param name="corpus">Recorded evidence; empty when it is not there.</param>
    public IEnumerable<Target> Make(Corpus corpus);
}
